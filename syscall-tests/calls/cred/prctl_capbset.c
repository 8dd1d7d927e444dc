/* SPDX-License-Identifier: MIT */
#include <linux/capability.h>
#include <sys/prctl.h>

#include "probe.h"
#include "lib/user.h"

static void heir(void *arg)
{
	EXPECT_EQ(prctl(PR_CAPBSET_READ, CAP_CHOWN), 0);
	EXPECT_EQ(prctl(PR_CAPBSET_READ, CAP_KILL), 1);
}

static void user(void *arg)
{
	EXPECT_EQ(prctl(PR_CAPBSET_READ, CAP_KILL), 1);
	EXPECT_ERRNO(prctl(PR_CAPBSET_DROP, CAP_KILL), EPERM);
}

static void run(void)
{
	EXPECT_EQ(prctl(PR_CAPBSET_READ, CAP_CHOWN), 1);
	EXPECT_ERRNO(prctl(PR_CAPBSET_READ, 99), EINVAL);
	EXPECT_ERRNO(prctl(PR_CAPBSET_DROP, 99), EINVAL);
	REQUIRE_OK(prctl(PR_CAPBSET_DROP, CAP_CHOWN));
	EXPECT_EQ(prctl(PR_CAPBSET_READ, CAP_CHOWN), 0);
	child_end(child_start(heir, NULL));
	as_user(user, NULL);
}

PROBE(.promise = "A capability dropped from the bounding set is gone from it, for children too; "
		 "only who has CAP_SETPCAP may drop",
      .source = "man 2 prctl (PR_CAPBSET_DROP); man 7 capabilities",
      .covers = COVERS("prctl:PR_CAPBSET_READ", "prctl:PR_CAPBSET_DROP"), .needs = NEEDS("root"),
      .call = {CALL_IF(SYS_prctl, 0, PR_CAPBSET_DROP), CALL_IF(SYS_prctl, 0, PR_CAPBSET_READ)},
      .run = run);
