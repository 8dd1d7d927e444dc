/* SPDX-License-Identifier: MIT */
#include "probe.h"

static void setup(void)
{
	sigset_t blocked;

	sigemptyset(&blocked);
	sigaddset(&blocked, SIGUSR1);
	sigaddset(&blocked, SIGUSR2);
	SETUP_OK(sigprocmask(SIG_BLOCK, &blocked, NULL));
	SETUP_OK(kill(getpid(), SIGUSR1));
}

static void run(void)
{
	sigset_t pending;

	sigfillset(&pending);
	REQUIRE_OK(sigpending(&pending));
	EXPECT_EQ(sigismember(&pending, SIGUSR1), 1);
	EXPECT_EQ(sigismember(&pending, SIGUSR2), 0);
	/* Ignoring it takes it away. */
	SETUP(signal(SIGUSR1, SIG_IGN) != SIG_ERR, "signal: %s", errno_name(errno));
	REQUIRE_OK(sigpending(&pending));
	EXPECT_EQ(sigismember(&pending, SIGUSR1), 0);
}

PROBE(.promise = "sigpending tells the blocked signals sent to the process, until they are taken "
		 "or ignored",
      .source = "man 2 sigpending; POSIX.1-2017 sigpending", .covers = COVERS("rt_sigpending"),
      .call = {CALL(SYS_rt_sigpending)}, .setup = setup, .run = run);
