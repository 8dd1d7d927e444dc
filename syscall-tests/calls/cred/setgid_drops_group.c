/* SPDX-License-Identifier: MIT */
#include "probe.h"

static void run(void)
{
	gid_t r = 9, e = 9, s = 9;

	REQUIRE_OK(setgid(1000));
	EXPECT_OK(getresgid(&r, &e, &s));
	EXPECT_EQ(r, 1000);
	EXPECT_EQ(e, 1000);
	EXPECT_EQ(s, 1000);
	/* Still root: groups may be changed back. Without it, no more. */
	REQUIRE_OK(setgid(1001));
	SETUP_OK(setuid(1000));
	EXPECT_ERRNO(setgid(0), EPERM);
	EXPECT_ERRNO(setgid(1000), EPERM);
	EXPECT_EQ(getegid(), 1001);
}

PROBE(.promise = "setgid by root sets all three group ids; once the user id is dropped, other "
		 "groups are "
		 "out of reach",
      .source = "man 2 setgid; POSIX.1-2017 setgid", .covers = COVERS("setgid", "getresgid"),
      .needs = NEEDS("root"), .call = {CALL(SYS_setgid)}, .run = run);
