/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "probe.h"

static volatile sig_atomic_t calls;

static void on_signal(int sig)
{
	calls++;
	__asm__ volatile("pxor %%xmm6, %%xmm6\n\tpcmpeqd %%xmm7, %%xmm7\n\t"
			 "fninit\n\tstd\n\tcld" ::
				 : "xmm6", "xmm7");
	__asm__ volatile("xor %%ebx, %%ebx\n\txor %%r12d, %%r12d\n\t"
			 "xor %%r10d, %%r10d" ::
				 : "rbx", "r12", "r10");
}

struct registers {
	uint64_t xmm6[2], xmm7[2], rbx, r12, r10, rflags;
};

/* Sends the signal between loading the registers and storing them. */
static long signal_between(const struct registers *in, struct registers *out)
{
	long result = SYS_tgkill;

	__asm__ volatile("movdqu (%[in]), %%xmm6\n\t"
			 "movdqu 16(%[in]), %%xmm7\n\t"
			 "mov 32(%[in]), %%rbx\n\t"
			 "mov 40(%[in]), %%r12\n\t"
			 "mov 48(%[in]), %%r10\n\t"
			 "stc\n\t"
			 "syscall\n\t"
			 "movdqu %%xmm6, (%[out])\n\t"
			 "movdqu %%xmm7, 16(%[out])\n\t"
			 "mov %%rbx, 32(%[out])\n\t"
			 "mov %%r12, 40(%[out])\n\t"
			 "mov %%r10, 48(%[out])\n\t"
			 : "+a"(result)
			 : "D"((long)getpid()), "S"(syscall(SYS_gettid)),
			   "d"((long)SIGUSR1), [in] "r"(in), [out] "r"(out)
			 : "rcx", "r11", "rbx", "r12", "r10", "xmm6", "xmm7", "memory", "cc");
	return result;
}

static void setup(void)
{
	struct sigaction act = {.sa_handler = on_signal};

	SETUP_OK(sigaction(SIGUSR1, &act, NULL));
}

static void run(void)
{
	struct registers in, out;

	for (int i = 1; i <= 5; i++) {
		pattern_fill(&in, sizeof(in), (size_t)i * 1000);
		memset(&out, 0, sizeof(out));
		REQUIRE_EQ(signal_between(&in, &out), 0);
		REQUIRE_EQ(calls, i);
		EXPECT_BYTES(out.xmm6, in.xmm6, 16);
		EXPECT_BYTES(out.xmm7, in.xmm7, 16);
		EXPECT_EQ(out.rbx, in.rbx);
		EXPECT_EQ(out.r12, in.r12);
		EXPECT_EQ(out.r10, in.r10);
	}
}

PROBE(.promise = "A program finds its registers as they were when a handler returns, those of SSE "
		 "too, whatever the handler did with them",
      .source = "man 2 sigreturn; System V ABI for x86-64", .covers = COVERS("rt_sigreturn"),
      .call = {CALL(SYS_tgkill)}, .setup = setup, .run = run);
