/* SPDX-License-Identifier: MIT */
#include "probe.h"
#include "lib/user.h"

static void user(void *arg)
{
	gid_t r = 9, e = 9, s = 9;

	EXPECT_ERRNO(setresgid(-1, 0, -1), EPERM);
	EXPECT_ERRNO(setresgid(USER_GID, USER_GID, USER_GID + 1), EPERM);
	EXPECT_ERRNO(setgid(0), EPERM);
	EXPECT_ERRNO(setregid(0, -1), EPERM);
	EXPECT_OK(getresgid(&r, &e, &s));
	EXPECT_EQ(r, USER_GID);
	EXPECT_EQ(e, USER_GID);
	EXPECT_EQ(s, USER_GID);
}

static void run(void)
{
	gid_t r = 9, e = 9, s = 9;

	REQUIRE_OK(setresgid(2000, 2001, 2002));
	REQUIRE_OK(setresgid(-1, 2003, -1));
	EXPECT_OK(getresgid(&r, &e, &s));
	EXPECT_EQ(r, 2000);
	EXPECT_EQ(e, 2003);
	EXPECT_EQ(s, 2002);
	EXPECT_EQ(getgid(), 2000);
	EXPECT_EQ(getegid(), 2003);
	as_user(user, NULL);
}

PROBE(.promise = "Root sets its three group ids one by one, an ordinary process gets none that it "
		 "has not: sshd tries and refuses to go on if it can",
      .source = "man 2 setresgid", .covers = COVERS("setresgid", "setgid:EPERM", "getegid"),
      .needs = NEEDS("root"), .call = {CALL(SYS_setresgid)}, .run = run);
