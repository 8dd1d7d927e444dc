/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <grp.h>
#include <sys/stat.h>

#include "probe.h"

enum { TEAM = 4242 };

static const char *file;

static void setup(void)
{
	file = tmp_file("team", "x", 1, 0600);
	SETUP_OK(chown(file, 0, TEAM));
	SETUP_OK(chmod(file, 0640));
}

static void leave_root(void)
{
	SETUP_OK(setresgid(1000, 1000, 1000));
	SETUP_EQ(getegid(), 1000);
	SETUP_OK(setresuid(1000, 1000, 1000));
}

static void member(void *arg)
{
	static const gid_t groups[] = {5, TEAM};
	char c = 0;

	REQUIRE_OK(setgroups(2, groups));
	leave_root();
	EXPECT_EQ(read((int)EXPECT_OK(open(file, O_RDONLY)), &c, 1), 1);
	EXPECT_EQ(c, 'x');
	EXPECT_ERRNO(open(file, O_WRONLY), EACCES);
}

static void stranger(void *arg)
{
	static const gid_t groups[] = {5};

	REQUIRE_OK(setgroups(1, groups));
	leave_root();
	EXPECT_ERRNO(open(file, O_RDONLY), EACCES);
}

static void run(void)
{
	child_end(child_start(member, NULL));
	child_end(child_start(stranger, NULL));
}

PROBE(.promise = "A supplementary group opens what the group may open, and no more",
      .source = "man 7 credentials; man 7 path_resolution", .covers = COVERS("setgroups", "openat"),
      .needs = NEEDS("root"), .call = {CALL(SYS_setgroups)}, .setup = setup, .run = run);
