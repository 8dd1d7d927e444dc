/* SPDX-License-Identifier: MIT */
#include <sys/resource.h>

#include "probe.h"

enum { READY, GO };

static void child(void *arg)
{
	struct rlimit seen = {0};

	mark_set(READY, 1);
	SETUP(mark_wait(GO), "the parent did not go on");
	EXPECT_OK(getrlimit(RLIMIT_NOFILE, &seen));
	EXPECT_EQ(seen.rlim_cur, 20);
	EXPECT_EQ(seen.rlim_max, 50);
}

static struct rlimit before;

static void setup(void)
{
	SETUP_OK(getrlimit(RLIMIT_NOFILE, &before));
}

static void run(void)
{
	struct rlimit old = {0}, own = {0}, new = {20, 50};
	pid_t pid = child_start(child, NULL);

	SETUP(mark_wait(READY), "the child did not start");
	REQUIRE_OK(prlimit(pid, RLIMIT_NOFILE, &new, &old));
	EXPECT_EQ(old.rlim_cur, before.rlim_cur);
	EXPECT_EQ(old.rlim_max, before.rlim_max);
	REQUIRE_OK(getrlimit(RLIMIT_NOFILE, &own));
	EXPECT_EQ(own.rlim_cur, before.rlim_cur);
	mark_set(GO, 1);
	child_end(pid);
	EXPECT_ERRNO(prlimit(pid, RLIMIT_NOFILE, NULL, &old), ESRCH);
}

PROBE(.promise = "prlimit sets the limits of another process, tells what they were, and leaves the "
		 "caller's alone: supervisors and containers limit so",
      .source = "man 2 prlimit", .covers = COVERS("prlimit64:other"), .call = {CALL(SYS_prlimit64)},
      .setup = setup, .run = run);
