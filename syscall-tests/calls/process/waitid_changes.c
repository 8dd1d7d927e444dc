/* SPDX-License-Identifier: MIT */
#include <sys/wait.h>

#include "probe.h"

static void waits(void *arg)
{
	mark_set(0, 1);
	EVENTUALLY(false);
}

static void expect_change(pid_t pid, int options, int code, int status)
{
	siginfo_t info = {0};

	REQUIRE_OK(waitid(P_PID, (id_t)pid, &info, options));
	EXPECT_EQ(info.si_signo, SIGCHLD);
	EXPECT_EQ(info.si_pid, pid);
	EXPECT_EQ(info.si_uid, getuid());
	EXPECT_EQ(info.si_code, code);
	EXPECT_EQ(info.si_status, status);
	/* Each change is told once. */
	info.si_pid = 77;
	if (code != CLD_KILLED) {
		EXPECT_OK(waitid(P_PID, (id_t)pid, &info, options | WNOHANG));
		EXPECT_EQ(info.si_pid, 0);
	}
}

static void run(void)
{
	pid_t pid = child_start(waits, NULL);

	interrupt_when_late();
	SETUP(mark_wait(0), "the child did not start");
	SETUP_OK(kill(pid, SIGSTOP));
	expect_change(pid, WSTOPPED, CLD_STOPPED, SIGSTOP);
	SETUP_OK(kill(pid, SIGCONT));
	expect_change(pid, WCONTINUED, CLD_CONTINUED, SIGCONT);
	SETUP_OK(kill(pid, SIGKILL));
	expect_change(pid, WEXITED, CLD_KILLED, SIGKILL);
	EXPECT_ERRNO(waitid(P_PID, (id_t)pid, &(siginfo_t){0}, WEXITED), ECHILD);
	EXPECT_ERRNO(waitid(P_PID, (id_t)pid, &(siginfo_t){0}, WNOHANG), EINVAL);
}

PROBE(.promise = "waitid tells of a child's stop, going on and end, what it was asked for alone, "
		 "each once",
      .source = "man 2 waitid; POSIX.1-2017 waitid",
      .covers = COVERS("waitid:WSTOPPED", "waitid:WCONTINUED", "waitid:WEXITED"),
      .call = {CALL(SYS_waitid)}, .run = run);
