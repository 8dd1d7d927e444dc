/* SPDX-License-Identifier: MIT */
#include <sys/wait.h>

#include "probe.h"

static void ends_when_told(void *arg)
{
	mark_wait(0);
}

static void run(void)
{
	pid_t pid = child_start(ends_when_told, NULL);
	siginfo_t info = {0};

	interrupt_when_late();
	EXPECT_OK(kill(pid, 0));
	EXPECT_ERRNO(kill(pid, 77), EINVAL);
	EXPECT_ERRNO(kill(pid, -1), EINVAL);
	mark_set(0, 1);
	SETUP_OK(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT));
	SETUP_EQ(info.si_pid, pid);
	/* It is there until it was waited for. */
	EXPECT_OK(kill(pid, 0));
	EXPECT_OK(kill(pid, SIGTERM));
	child_end(pid);
	EXPECT_ERRNO(kill(pid, 0), ESRCH);
	EXPECT_ERRNO(kill(pid, SIGTERM), ESRCH);
}

PROBE(.promise = "kill with 0 tells whether a process is there, until its end was waited for, and "
		 "sends nothing: what pid files are checked with",
      .source = "man 2 kill; POSIX.1-2017 kill", .covers = COVERS("kill:0", "kill:ESRCH"),
      .call = {CALL(SYS_kill)}, .run = run);
