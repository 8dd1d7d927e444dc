/* SPDX-License-Identifier: MIT */
#include "probe.h"

enum { TIMES = 20 };

static void run(void)
{
	sigset_t set;

	signal_watch(SIGUSR1);
	for (int i = 1; i <= TIMES; i++) {
		REQUIRE_OK(kill(getpid(), SIGUSR1));
		EXPECT(signal_count(SIGUSR1) == i, "after kill number %d, %d signals were handled",
		       i, signal_count(SIGUSR1));
	}
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	SETUP_OK(sigprocmask(SIG_BLOCK, &set, NULL));
	REQUIRE_OK(kill(getpid(), SIGUSR1));
	EXPECT_EQ(signal_count(SIGUSR1), TIMES);
	/* It comes before the call that lets it come returns. */
	SETUP_OK(sigprocmask(SIG_UNBLOCK, &set, NULL));
	EXPECT_EQ(signal_count(SIGUSR1), TIMES + 1);
}

PROBE(.promise = "A signal to oneself is handled before kill returns, a blocked one before the "
		 "call that unblocks it does",
      .source = "POSIX.1-2017 kill, pthread_sigmask; man 2 kill",
      .covers = COVERS("kill", "rt_sigprocmask"), .call = {CALL(SYS_kill)}, .run = run);
