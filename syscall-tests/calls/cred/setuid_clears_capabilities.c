/* SPDX-License-Identifier: MIT */
#include <linux/capability.h>
#include <sys/prctl.h>

#include "probe.h"

static void expect_caps(bool permitted)
{
	struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct caps[2] = {{~0u, ~0u, ~0u}, {~0u, ~0u, ~0u}};

	EXPECT_OK(syscall(SYS_capget, &head, caps));
	EXPECT_EQ(caps[0].effective, 0);
	EXPECT_EQ(caps[0].permitted != 0, permitted);
}

static void plain(void *arg)
{
	REQUIRE_OK(setuid(1000));
	expect_caps(false);
}

static void keeping(void *arg)
{
	SETUP_OK(prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0));
	REQUIRE_OK(setuid(1000));
	expect_caps(true);
}

static void run(void)
{
	child_end(child_start(plain, NULL));
	child_end(child_start(keeping, NULL));
}

PROBE(.promise = "When root becomes a user its capabilities are gone; with PR_SET_KEEPCAPS the "
		 "permitted "
		 "ones stay",
      .source = "man 7 capabilities; man 2 prctl",
      .covers = COVERS("setuid", "capget", "prctl:PR_SET_KEEPCAPS"), .needs = NEEDS("root"),
      .call = {CALL(SYS_setuid)}, .run = run);
