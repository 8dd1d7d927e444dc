/* SPDX-License-Identifier: MIT */
#include "probe.h"

static void grandchild(pid_t parent)
{
	REQUIRE(EVENTUALLY(getppid() != parent), "the orphan still has its old parent");
	mark_set(2, getsid(0));
	mark_set(1, getpid());
	_exit(0);
}

static void run(void)
{
	pid_t first = getpid(), middle;
	int value = 1;

	middle = (pid_t)REQUIRE_OK(fork());
	if (middle == 0) {
		value = 2;
		mark_set(3, (int)REQUIRE_OK(setsid()));
		EXPECT(getpid() != first, "the child has its parent's number");
		pid_t self = getpid();

		if (REQUIRE_OK(fork()) == 0)
			grandchild(self);
		_exit(value);
	}
	EXPECT_EQ(child_join(middle), 2 << 8);
	EXPECT_EQ(value, 1);
	REQUIRE(mark_wait(1), "the grandchild did not live on");
	EXPECT(mark_get(1) != first && mark_get(1) != middle, "process numbers are shared");
	EXPECT_EQ(mark_get(2), middle);
	EXPECT_EQ(mark_get(3), middle);
}

PROBE(.promise =
	      "A daemon forks twice and lives on: a child has a number and memory of its own, an "
	      "orphan gets a new parent and keeps its session",
      .source = "man 2 fork; man 3 daemon; POSIX.1-2017 fork",
      .covers = COVERS("fork", "clone", "setsid", "getppid"),
      .call = {CALL(SYS_fork), CALL(SYS_clone)}, .run = run);
