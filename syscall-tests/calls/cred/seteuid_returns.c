/* SPDX-License-Identifier: MIT */
#include <fcntl.h>

#include "probe.h"

static const char *secret;

static void setup(void)
{
	secret = tmp_file("secret", "x", 1, 0600);
}

static void run(void)
{
	uid_t r = 9, e = 9, s = 9;
	char c = 0;

	REQUIRE_OK(seteuid(1000));
	EXPECT_OK(getresuid(&r, &e, &s));
	EXPECT_EQ(r, 0);
	EXPECT_EQ(e, 1000);
	EXPECT_EQ(s, 0);
	EXPECT_ERRNO(open(secret, O_RDONLY), EACCES);
	REQUIRE_OK(seteuid(0));
	EXPECT_EQ(read((int)EXPECT_OK(open(secret, O_RDONLY)), &c, 1), 1);
	EXPECT_EQ(c, 'x');
}

PROBE(.promise = "seteuid takes root's rights away for a while, and the saved id brings them back",
      .source = "man 2 seteuid; POSIX.1-2017 seteuid", .covers = COVERS("setresuid", "getresuid"),
      .needs = NEEDS("root"), .call = {CALL(SYS_setresuid), CALL(SYS_setreuid)}, .setup = setup,
      .run = run);
