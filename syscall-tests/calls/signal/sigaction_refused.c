/* SPDX-License-Identifier: MIT */
#include "probe.h"

static void on_signal(int sig)
{
}

static void run(void)
{
	struct sigaction act = {.sa_handler = on_signal}, old = {.sa_handler = on_signal};
	sigset_t set, got;

	EXPECT_ERRNO(sigaction(SIGKILL, &act, NULL), EINVAL);
	EXPECT_ERRNO(sigaction(SIGSTOP, &act, NULL), EINVAL);
	act.sa_handler = SIG_IGN;
	EXPECT_ERRNO(sigaction(SIGKILL, &act, NULL), EINVAL);
	EXPECT_OK(sigaction(SIGKILL, NULL, &old));
	EXPECT(old.sa_handler == SIG_DFL, "SIGKILL has a handler");
	/* To block them is no error, and has no effect. */
	sigfillset(&set);
	sigemptyset(&got);
	SETUP_OK(sigprocmask(SIG_SETMASK, &set, NULL));
	SETUP_OK(sigprocmask(SIG_SETMASK, NULL, &got));
	EXPECT(!sigismember(&got, SIGKILL) && !sigismember(&got, SIGSTOP),
	       "SIGKILL or SIGSTOP is said to be blocked");
	EXPECT(sigismember(&got, SIGTERM) && sigismember(&got, SIGCHLD),
	       "what was blocked is not in the mask");
}

PROBE(.promise = "SIGKILL and SIGSTOP can be neither caught nor ignored (EINVAL) nor blocked",
      .source = "man 2 sigaction; man 2 sigprocmask; POSIX.1-2017 sigaction",
      .covers = COVERS("rt_sigaction:EINVAL", "rt_sigprocmask"), .call = {CALL(SYS_rt_sigaction)},
      .run = run);
