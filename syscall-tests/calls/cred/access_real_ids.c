/* SPDX-License-Identifier: MIT */
#include <fcntl.h>

#include "probe.h"

static const char *secret, *open_to_all;

static void setup(void)
{
	secret = tmp_file("secret", "x", 1, 0600);
	open_to_all = tmp_file("open", "x", 1, 0644);
	SETUP_OK(setreuid(1000, 0));
}

static void run(void)
{
	char c = 0;

	EXPECT_EQ(read((int)EXPECT_OK(open(secret, O_RDONLY)), &c, 1), 1);
	EXPECT_EQ(c, 'x');
	EXPECT_ERRNO(access(secret, R_OK), EACCES);
	EXPECT_OK(access(secret, F_OK));
	EXPECT_OK(access(open_to_all, R_OK));
	EXPECT_ERRNO(access(open_to_all, W_OK), EACCES);
	EXPECT_ERRNO(access(open_to_all, X_OK), EACCES);
	EXPECT_ERRNO(access("/no-such-folder/x", F_OK), ENOENT);
}

PROBE(.promise = "access asks for the real user, whatever the effective one may do",
      .source = "man 2 access; POSIX.1-2017 access", .covers = COVERS("access", "setreuid"),
      .needs = NEEDS("root"), .call = {CALL(SYS_access), CALL(SYS_faccessat)}, .setup = setup,
      .run = run);
