/* SPDX-License-Identifier: MIT */
#include <sys/prctl.h>
#include <sys/wait.h>

#include "probe.h"

enum { ORPHAN, PARENT };

static void orphan(pid_t parent)
{
	/* Until the end of its parent has reached it. */
	if (!EVENTUALLY(getppid() != parent))
		_exit(1);
	mark_set(PARENT, getppid());
	_exit(7);
}

static void middle(void *arg)
{
	pid_t self = getpid(), pid = (pid_t)SETUP_OK(fork());

	if (pid == 0)
		orphan(self);
	child_remember(pid);
	mark_set(ORPHAN, pid);
}

static void run(void)
{
	int is = -1;

	REQUIRE_OK(prctl(PR_SET_CHILD_SUBREAPER, 1));
	EXPECT_OK(prctl(PR_GET_CHILD_SUBREAPER, &is));
	EXPECT_EQ(is, 1);
	child_end(child_start(middle, NULL));
	SETUP(mark_get(ORPHAN), "the orphan was not made");
	REQUIRE(mark_wait(PARENT), "the orphan has no new parent");
	EXPECT_EQ(mark_get(PARENT), getpid());
	EXPECT_EQ(child_join(mark_get(ORPHAN)), 7 << 8);
}

PROBE(.promise = "Orphans below a subreaper become its children, and it is told how they end; "
		 "supervisors in containers rely on it",
      .source = "man 2 prctl (PR_SET_CHILD_SUBREAPER)",
      .covers = COVERS("prctl:PR_SET_CHILD_SUBREAPER", "getppid"),
      .call = {CALL_IF(SYS_prctl, 0, PR_SET_CHILD_SUBREAPER)}, .run = run);
