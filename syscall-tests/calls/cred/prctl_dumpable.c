/* SPDX-License-Identifier: MIT */
#include <sys/prctl.h>

#include "probe.h"
#include "lib/user.h"

static void heir(void *arg)
{
	EXPECT_EQ(prctl(PR_GET_DUMPABLE), 0);
}

static void user(void *arg)
{
	REQUIRE_OK(prctl(PR_SET_DUMPABLE, 1));
	EXPECT_EQ(prctl(PR_GET_DUMPABLE), 1);
	REQUIRE_OK(prctl(PR_SET_DUMPABLE, 0));
	EXPECT_EQ(prctl(PR_GET_DUMPABLE), 0);
	EXPECT_ERRNO(prctl(PR_SET_DUMPABLE, 2), EINVAL);
	EXPECT_EQ(prctl(PR_GET_DUMPABLE), 0);
	child_end(child_start(heir, NULL));
}

static void run(void)
{
	as_user(user, NULL);
}

PROBE(.promise = "A process that gave up root may say whether it can be dumped and traced, 0 or "
		 "1, and its children keep that; ssh-agent says 0, nginx's workers 1",
      .source = "man 2 prctl (PR_SET_DUMPABLE)",
      .covers = COVERS("prctl:PR_SET_DUMPABLE", "prctl:PR_GET_DUMPABLE"), .needs = NEEDS("root"),
      .call = {CALL_IF(SYS_prctl, 0, PR_SET_DUMPABLE), CALL_IF(SYS_prctl, 0, PR_GET_DUMPABLE)},
      .run = run);
