/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sys/stat.h>

#include "probe.h"
#include "lib/user.h"

static const char *file;

static void setup(void)
{
	file = tmp_file("file", "x", 1, 0600);
	SETUP_OK(chown(file, 0, USER_GID));
	SETUP_OK(chmod(file, 0604));
}

static void member(void *arg)
{
	EXPECT_ERRNO(open(file, O_RDONLY | O_CLOEXEC), EACCES);
}

static void stranger(void *arg)
{
	char c = 0;

	SETUP_OK(setresgid(USER_GID + 1, USER_GID + 1, USER_GID + 1));
	SETUP_EQ(getegid(), USER_GID + 1);
	SETUP_OK(setresuid(USER_UID, USER_UID, USER_UID));
	SETUP_EQ(geteuid(), USER_UID);
	EXPECT_EQ(read((int)EXPECT_OK(open(file, O_RDONLY | O_CLOEXEC)), &c, 1), 1);
	EXPECT_EQ(c, 'x');
}

static void run(void)
{
	as_user(member, NULL);
	child_end(child_start(stranger, NULL));
}

PROBE(.promise = "Who is of a file's group is judged by the group's bits alone, also where all "
		 "others may do more",
      .source = "man 7 path_resolution (Permissions); POSIX.1-2017 4.5",
      .covers = COVERS("openat:EACCES"), .needs = NEEDS("root"),
      .call = {CALL(SYS_open), CALL(SYS_openat)}, .setup = setup, .run = run);
