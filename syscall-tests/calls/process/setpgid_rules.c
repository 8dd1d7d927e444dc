/* SPDX-License-Identifier: MIT */
#include "probe.h"

static pid_t a, b, stranger;

static void linger(void *arg)
{
	if (arg)
		SETUP_OK(setsid());
	mark_set(1, mark_get(1) + (arg != NULL));
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
	EXPECT_EQ(getpgid(a), getpid());
	REQUIRE_OK(setpgid(a, 0));
	EXPECT_EQ(getpgid(a), a);
	EXPECT_OK(setpgid(b, a));
	EXPECT_EQ(getpgid(b), a);
	EXPECT_OK(setpgid(b, getpid()));
	EXPECT_EQ(getpgid(b), getpid());

	EXPECT_ERRNO(setpgid(b, -1), EINVAL);
	EXPECT_ERRNO(setpgid(b, stranger), EPERM);
	EXPECT_ERRNO(setpgid(stranger, a), EPERM);
	EXPECT_ERRNO(setpgid(0, a), EPERM);
	EXPECT_ERRNO(setpgid(getppid(), a), ESRCH);
	mark_set(0, 1);
	child_join(a);
	child_join(b);
	child_join(stranger);
}

PROBE(.promise =
	      "setpgid moves the caller's children between groups of the session; EPERM for other "
	      "sessions and for their leaders, ESRCH for what is no child",
      .source = "man 2 setpgid; POSIX.1-2017 setpgid", .covers = COVERS("setpgid", "getpgid"),
      .call = {CALL(SYS_setpgid)}, .setup = setup, .run = run);
