/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sys/stat.h>

#include "probe.h"

static const char *link_path, *target;

static void setup(void)
{
	link_path = tmp_path("link");
	target = tmp_path("target");
	SETUP_OK(symlink("target", link_path));
}

static void run(void)
{
	struct stat st = {0};
	int fd;

	EXPECT_ERRNO(open(link_path, O_RDWR), ENOENT);
	EXPECT_ERRNO(open(link_path, O_RDWR | O_CREAT | O_EXCL, 0600), EEXIST);
	EXPECT_ERRNO(open(link_path, O_RDWR | O_CREAT | O_NOFOLLOW, 0600), ELOOP);
	EXPECT_ERRNO(lstat(target, &st), ENOENT);

	fd = (int)REQUIRE_OK(open(link_path, O_RDWR | O_CREAT | O_CLOEXEC, 0640));
	EXPECT_EQ(write(fd, "made", 4), 4);
	EXPECT_OK(lstat(target, &st));
	EXPECT_EQ(st.st_mode, S_IFREG | 0640);
	EXPECT_EQ(st.st_size, 4);
	EXPECT_OK(lstat(link_path, &st));
	EXPECT_EQ(st.st_mode & S_IFMT, S_IFLNK);
}

PROBE(.promise = "Where a link leads nowhere O_CREAT makes what it names; with O_EXCL the name is "
		 "taken, and with O_NOFOLLOW it is a link: nobody else's file is made by a lock",
      .source = "man 2 open (O_CREAT, O_EXCL, O_NOFOLLOW); POSIX.1-2017 open",
      .covers = COVERS("openat:O_CREAT", "openat:O_EXCL", "openat:O_NOFOLLOW"),
      .call = {CALL(SYS_open), CALL(SYS_openat)}, .setup = setup, .run = run);
