/* SPDX-License-Identifier: MIT */
#include "probe.h"

static void run(void)
{
	uid_t r = 9, e = 9, s = 9;

	REQUIRE_OK(setuid(1000));
	EXPECT_OK(getresuid(&r, &e, &s));
	EXPECT_EQ(r, 1000);
	EXPECT_EQ(e, 1000);
	EXPECT_EQ(s, 1000);
	EXPECT_ERRNO(setuid(0), EPERM);
	EXPECT_ERRNO(setresuid(-1, 0, -1), EPERM);
	EXPECT_ERRNO(setreuid(0, -1), EPERM);
	EXPECT_OK(setuid(1000));
}

PROBE(.promise = "setuid by root sets the real, effective and saved id, and there is no way back",
      .source = "man 2 setuid; POSIX.1-2017 setuid", .covers = COVERS("setuid", "getresuid"),
      .needs = NEEDS("root"), .call = {CALL(SYS_setuid)}, .run = run);
