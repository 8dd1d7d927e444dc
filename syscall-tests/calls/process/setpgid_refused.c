/* SPDX-License-Identifier: MIT */
#include "probe.h"

static pid_t a, b, stranger;

static void linger(void *arg)
{
	if (arg) {
		SETUP_OK(setsid());
		mark_set(1, 1);
	}
	EVENTUALLY(mark_get(0));
}

static void setup(void)
{
	a = child_start(linger, NULL);
	b = child_start(linger, NULL);
	stranger = child_start(linger, "session");
	SETUP(mark_wait(1), "the helper process did not start a session");
}

static void run(void)
{
	SETUP_EQ(getpgid(a), getpid());
	EXPECT_ERRNO(setpgid(b, -1), EINVAL);
	EXPECT_ERRNO(setpgid(b, stranger), EPERM);
	EXPECT_ERRNO(setpgid(stranger, getpid()), EPERM);
	EXPECT_ERRNO(setpgid(0, stranger), EPERM);
	EXPECT_ERRNO(setpgid(getppid(), 0), ESRCH);
	mark_set(0, 1);
	child_end(a);
	child_end(b);
	child_end(stranger);
}

PROBE(.promise = "setpgid refuses groups and leaders of other sessions (EPERM), negative groups "
		 "(EINVAL), and "
		 "processes that are no children (ESRCH)",
      .source = "man 2 setpgid; POSIX.1-2017 setpgid", .covers = COVERS("setpgid"),
      .call = {CALL(SYS_setpgid)}, .setup = setup, .run = run);
