/* SPDX-License-Identifier: MIT */
#include <ucontext.h>

#include "probe.h"

enum { UD2_LEN = 2, CALLS = 4, WORD = 4711 };

static const int word = WORD;
static volatile sig_atomic_t calls;

/* As a runtime does: the bad pointer becomes a good one, the bad instruction is stepped over. */
static void on_fault(int sig, siginfo_t *info, void *context)
{
	greg_t *regs = ((ucontext_t *)context)->uc_mcontext.gregs;

	if (++calls > CALLS)
		_exit(1);
	if (sig == SIGSEGV)
		regs[REG_RBX] = (greg_t)(uintptr_t)&word;
	else
		regs[REG_RIP] += UD2_LEN;
	regs[REG_R12] = sig;
}

static void faulty(void *arg)
{
	struct sigaction act = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO};
	long value = 0, mark = 0;

	REQUIRE_OK(sigaction(SIGSEGV, &act, NULL));
	REQUIRE_OK(sigaction(SIGILL, &act, NULL));
	__asm__ volatile("xor %%r12d, %%r12d\n\tmovslq (%%rbx), %%rax\n\tmov %%r12, %%rcx"
			 : "=a"(value), "=c"(mark)
			 : "b"(8l)
			 : "r12", "memory");
	EXPECT_EQ(value, WORD);
	EXPECT_EQ(mark, SIGSEGV);
	__asm__ volatile("xor %%r12d, %%r12d\n\tud2\n\tmov %%r12, %%rcx"
			 : "=c"(mark)::"r12", "memory");
	EXPECT_EQ(mark, SIGILL);
	EXPECT_EQ(calls, 2);
}

static void run(void)
{
	child_end(child_start(faulty, NULL));
}

PROBE(.promise = "What a handler writes into the registers it was given is what the program finds "
		 "when it returns: Go's and Java's runtimes mend faults so",
      .source = "man 2 sigaction (ucontext); man 2 sigreturn",
      .covers = COVERS("rt_sigreturn", "rt_sigaction:SIGSEGV", "rt_sigaction:SIGILL"),
      .call = {CALL_IF(SYS_rt_sigaction, 0, SIGSEGV), CALL_IF(SYS_rt_sigaction, 0, SIGILL)},
      .run = run);
