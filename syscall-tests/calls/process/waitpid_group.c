/* SPDX-License-Identifier: MIT */
#include <sys/wait.h>

#include "probe.h"

static void exits(void *arg)
{
	SETUP(mark_wait(0), "the other process did not go on");
	_exit(*(const int *)arg);
}

static void run(void)
{
	pid_t own, other;
	int status = 0;

	interrupt_when_late();
	own = child_start(exits, &(int){3});
	other = child_start(exits, &(int){4});
	SETUP_OK(setpgid(other, other));
	mark_set(0, 1);
	EXPECT_EQ(waitpid(-other, &status, 0), other);
	EXPECT_EQ(status, 4 << 8);
	EXPECT_ERRNO(waitpid(-other, &status, 0), ECHILD);
	EXPECT_EQ(waitpid(0, &status, 0), own);
	EXPECT_EQ(status, 3 << 8);
	EXPECT_ERRNO(waitpid(0, &status, 0), ECHILD);
	/* No child, though a process. */
	EXPECT_ERRNO(waitpid(getppid(), &status, WNOHANG), ECHILD);
	EXPECT_ERRNO(waitpid(-1, &status, 0x40), EINVAL);
}

PROBE(.promise = "waitpid waits for one child, for those of a group or of the caller's own group, "
		 "and answers ECHILD where there is none: shells wait for jobs so",
      .source = "man 2 waitpid; POSIX.1-2017 waitpid", .covers = COVERS("wait4", "wait4:ECHILD"),
      .call = {CALL(SYS_wait4)}, .run = run);
