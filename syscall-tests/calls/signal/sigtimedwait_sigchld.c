/* SPDX-License-Identifier: MIT */
#include <time.h>

#include "probe.h"

static sigset_t child_ended;

static void setup(void)
{
	sigemptyset(&child_ended);
	sigaddset(&child_ended, SIGCHLD);
	SETUP_OK(sigprocmask(SIG_BLOCK, &child_ended, NULL));
}

static void exits(void *arg)
{
	pause_briefly();
	_exit(17);
}

static void run(void)
{
	struct timespec limit = {patience_ms() / 1000, patience_ms() % 1000 * 1000000L};
	siginfo_t info = {0};
	pid_t pid = child_start(exits, NULL);

	REQUIRE_EQ(sigtimedwait(&child_ended, &info, &limit), SIGCHLD);
	EXPECT_EQ(info.si_signo, SIGCHLD);
	EXPECT_EQ(info.si_code, CLD_EXITED);
	EXPECT_EQ(info.si_pid, pid);
	EXPECT_EQ(info.si_status, 17);
	EXPECT_EQ(child_join(pid), 17 << 8);
}

PROBE(.promise = "sigtimedwait sleeps until a blocked signal comes, SIGCHLD too, whose default is "
		 "to be ignored: tini waits for its children so",
      .source = "man 2 sigtimedwait; POSIX.1-2017 sigtimedwait",
      .covers = COVERS("rt_sigtimedwait", "rt_sigtimedwait:SIGCHLD"),
      .call = {CALL(SYS_rt_sigtimedwait)}, .setup = setup, .run = run);
