/* SPDX-License-Identifier: MIT */
#include "probe.h"

enum { FLAGS = SA_RESTART | SA_NODEFER | SA_SIGINFO };

static void handler(int sig, siginfo_t *info, void *context)
{
}

static void run(void)
{
	struct sigaction act = {.sa_sigaction = handler, .sa_flags = FLAGS}, old;

	sigemptyset(&act.sa_mask);
	sigaddset(&act.sa_mask, SIGHUP);
	sigaddset(&act.sa_mask, SIGRTMAX);
	old = act;
	REQUIRE_OK(sigaction(SIGUSR1, NULL, &old));
	EXPECT(old.sa_handler == SIG_DFL, "a fresh process has a handler for SIGUSR1");
	REQUIRE_OK(sigaction(SIGUSR1, &act, NULL));
	act = (struct sigaction){.sa_handler = SIG_IGN};
	REQUIRE_OK(sigaction(SIGUSR1, &act, &old));
	EXPECT(old.sa_sigaction == handler, "the handler is not told");
	EXPECT_EQ(old.sa_flags & (FLAGS | SA_RESETHAND | SA_ONSTACK), FLAGS);
	EXPECT(sigismember(&old.sa_mask, SIGHUP) && sigismember(&old.sa_mask, SIGRTMAX) &&
		       !sigismember(&old.sa_mask, SIGUSR1),
	       "another sa_mask is told than was given");
	REQUIRE_OK(sigaction(SIGUSR1, NULL, &old));
	EXPECT(old.sa_handler == SIG_IGN, "SIG_IGN is not told");
}

PROBE(.promise = "sigaction tells the action before with handler, flags and mask, and changes "
		 "nothing when none is given: system(3) puts actions back so",
      .source = "man 2 sigaction; POSIX.1-2017 sigaction",
      .covers = COVERS("rt_sigaction", "rt_sigaction:SIG_IGN"),
      .call = {CALL_IF(SYS_rt_sigaction, 0, SIGUSR1)}, .run = run);
