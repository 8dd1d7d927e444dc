/* SPDX-License-Identifier: MIT */
#include "probe.h"

static void run(void)
{
	uid_t r = 9, e = 9, s = 9;

	REQUIRE_OK(setresuid(1000, 1001, 1002));
	REQUIRE_OK(setresuid(1002, 1000, 1001));
	EXPECT_OK(getresuid(&r, &e, &s));
	EXPECT_EQ(r, 1002);
	EXPECT_EQ(e, 1000);
	EXPECT_EQ(s, 1001);
	EXPECT_ERRNO(setresuid(-1, 1003, -1), EPERM);
	EXPECT_ERRNO(setresuid(0, -1, -1), EPERM);
	/* One bad id, and nothing changes. */
	EXPECT_ERRNO(setresuid(1000, 1000, 1003), EPERM);
	EXPECT_OK(getresuid(&r, &e, &s));
	EXPECT_EQ(r, 1002);
	REQUIRE_OK(setresuid(-1, -1, -1));
	EXPECT_EQ(geteuid(), 1000);
}

PROBE(.promise =
	      "An ordinary process may permute its three user ids and nothing else; -1 keeps one",
      .source = "man 2 setresuid", .covers = COVERS("setresuid", "getresuid", "geteuid"),
      .needs = NEEDS("root"), .call = {CALL(SYS_setresuid)}, .run = run);
