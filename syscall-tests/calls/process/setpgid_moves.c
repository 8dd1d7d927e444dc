/* SPDX-License-Identifier: MIT */
#include "probe.h"

static pid_t a, b;

static void linger(void *arg)
{
	EVENTUALLY(mark_get(0));
}

static void setup(void)
{
	a = child_start(linger, NULL);
	b = child_start(linger, NULL);
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
	mark_set(0, 1);
	child_end(a);
	child_end(b);
}

PROBE(.promise = "setpgid makes a child the leader of a new group and moves children between the "
		 "groups of "
		 "the session, as a shell does",
      .source = "man 2 setpgid; POSIX.1-2017 setpgid", .covers = COVERS("setpgid", "getpgid"),
      .call = {CALL(SYS_setpgid)}, .setup = setup, .run = run);
