/* SPDX-License-Identifier: MIT */
#include <sys/wait.h>

#include "probe.h"

static void exits(void *arg)
{
	mark_wait(0);
	_exit(0x1ff);
}

static void is_killed(void *arg)
{
	raise(SIGKILL);
}

static void run(void)
{
	pid_t pid = child_start(exits, NULL);
	siginfo_t info = {0};
	int status = -1;

	interrupt_when_late();
	EXPECT_EQ(waitpid(pid, &status, WNOHANG), 0);
	mark_set(0, 1);
	REQUIRE_OK(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT));
	EXPECT_EQ(info.si_pid, pid);
	EXPECT_EQ(info.si_code, CLD_EXITED);
	EXPECT_EQ(info.si_status, 0xff);
	EXPECT_EQ(waitpid(pid, &status, 0), pid);
	EXPECT_EQ(status, 0xff00);
	EXPECT_ERRNO(waitpid(pid, &status, 0), ECHILD);

	pid = child_start(is_killed, NULL);
	EXPECT_EQ(waitpid(-1, &status, 0), pid);
	EXPECT_EQ(status & 0x7f, SIGKILL);
	EXPECT_ERRNO(waitpid(-1, &status, WNOHANG), ECHILD);
}

PROBE(.promise = "waitpid tells how a child ended, once; WNOHANG does not wait, WNOWAIT leaves the "
		 "child "
		 "to be waited for",
      .source = "man 2 waitpid; POSIX.1-2017 waitid",
      .covers = COVERS("wait4", "wait4:WNOHANG", "waitid:WNOWAIT"),
      .call = {CALL(SYS_wait4), CALL(SYS_waitid)}, .run = run);
