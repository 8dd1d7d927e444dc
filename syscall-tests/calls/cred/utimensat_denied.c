/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sys/stat.h>

#include "probe.h"
#include "lib/user.h"

static const char *writable, *readable, *own;

static void setup(void)
{
	writable = tmp_file("writable", "x", 1, 0600);
	SETUP_OK(chmod(writable, 0666));
	readable = tmp_file("readable", "x", 1, 0644);
	own = tmp_file("own", "x", 1, 0400);
	SETUP_OK(chown(own, USER_UID, USER_GID));
}

static void user(void *arg)
{
	const struct timespec then[2] = {{1000000000, 0}, {1000000000, 0}};
	const struct timespec now[2] = {{0, UTIME_NOW}, {0, UTIME_NOW}};
	const struct timespec one[2] = {{0, UTIME_OMIT}, {0, UTIME_NOW}};

	EXPECT_OK(utimensat(AT_FDCWD, writable, NULL, 0));
	EXPECT_OK(utimensat(AT_FDCWD, writable, now, 0));
	EXPECT_ERRNO(utimensat(AT_FDCWD, writable, then, 0), EPERM);
	EXPECT_ERRNO(utimensat(AT_FDCWD, writable, one, 0), EPERM);
	EXPECT_ERRNO(utimensat(AT_FDCWD, readable, NULL, 0), EACCES);
	EXPECT_ERRNO(utimensat(AT_FDCWD, readable, then, 0), EPERM);
	EXPECT_OK(utimensat(AT_FDCWD, own, then, 0));
}

static void run(void)
{
	struct stat st = {0};

	as_user(user, NULL);
	EXPECT_OK(stat(writable, &st));
	EXPECT(st.st_mtim.tv_sec != 1000000000, "times that were refused have been set");
	EXPECT_OK(stat(own, &st));
	EXPECT_EQ(st.st_mtim.tv_sec, 1000000000);
}

PROBE(.promise = "Who may write a file may set its times to now; only its owner and root set them "
		 "to others (EPERM): touch and tar",
      .source = "man 2 utimensat (Permissions requirements)",
      .covers = COVERS("utimensat:EPERM", "utimensat:EACCES", "utimensat:UTIME_NOW"),
      .needs = NEEDS("root"), .call = {CALL(SYS_utimensat)}, .setup = setup, .run = run);
