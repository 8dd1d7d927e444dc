/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sys/stat.h>

#include "probe.h"
#include "lib/user.h"

static const char *readable, *own;
static const char *below_closed;

static void setup(void)
{
	readable = tmp_file("readable", "x", 1, 0644);
	own = tmp_file("own", "x", 1, 0600);
	SETUP_OK(chown(own, USER_UID, USER_GID));
	SETUP_OK(chmod(own, 0077));
	SETUP_OK(mkdir(tmp_path("closed"), 0700));
	below_closed = tmp_file("closed/x", "x", 1, 0666);
}

static void expect_read(const char *path)
{
	char c = 0;

	EXPECT_EQ(read((int)EXPECT_OK(open(path, O_RDONLY)), &c, 1), 1);
	EXPECT_EQ(c, 'x');
}

static void try_as_user(void *arg)
{
	expect_read(readable);
	EXPECT_ERRNO(open(readable, O_WRONLY), EACCES);
	EXPECT_ERRNO(open(readable, O_RDONLY | O_TRUNC), EACCES);
	EXPECT_ERRNO(open(own, O_RDONLY), EACCES);
	EXPECT_ERRNO(open(below_closed, O_RDONLY), EACCES);
	EXPECT_ERRNO(open(tmp_path("new"), O_WRONLY | O_CREAT, 0644), EACCES);
}

static void run(void)
{
	as_user(try_as_user, NULL);
	expect_read(own);
}

PROBE(.promise = "An ordinary user opens what the mode of the file and its folders allows; the "
		 "owner is "
		 "judged by the owner's bits alone",
      .source = "man 7 path_resolution; man 2 open", .covers = COVERS("openat"),
      .needs = NEEDS("root"), .call = {CALL(SYS_open), CALL(SYS_openat)}, .setup = setup,
      .run = run);
