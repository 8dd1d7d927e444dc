/* SPDX-License-Identifier: MIT */
#include <sys/wait.h>

#include "probe.h"

static int divide(int by)
{
	int quotient, rest;

	__asm__ volatile("cltd; idivl %3" : "=a"(quotient), "=&d"(rest) : "0"(1), "r"(by));
	return quotient + rest;
}

static void on_fpe(int sig, siginfo_t *info, void *context)
{
	mark_set(0, sig);
	mark_set(1, info->si_code);
	_exit(7);
}

static void handled(void *arg)
{
	struct sigaction act = {.sa_sigaction = on_fpe, .sa_flags = SA_SIGINFO};

	REQUIRE_OK(sigaction(SIGFPE, &act, NULL));
	mark_set(2, divide(0));
}

static void unhandled(void *arg)
{
	mark_set(2, divide(0));
}

static void run(void)
{
	int status = child_join(child_start(handled, NULL));

	EXPECT(WIFEXITED(status) && WEXITSTATUS(status) == 7,
	       "the handler's process ended with wait status 0x%x", (unsigned)status);
	EXPECT_EQ(mark_get(0), SIGFPE);
	EXPECT_EQ(mark_get(1), FPE_INTDIV);

	status = child_join(child_start(unhandled, NULL));
	EXPECT(WIFSIGNALED(status) && WTERMSIG(status) == SIGFPE,
	       "without a handler it ended with wait status 0x%x, not by SIGFPE", (unsigned)status);
}

PROBE(.promise = "An integer division by zero raises SIGFPE with FPE_INTDIV in that process alone",
      .source = "man 2 sigaction; POSIX.1-2017 <signal.h>",
      .covers = COVERS("rt_sigaction:SIGFPE", "trap:divide"),
      .call = {CALL_IF(SYS_rt_sigaction, 0, SIGFPE)}, .run = run);
