/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sys/stat.h>

#include "probe.h"

static const char *file, *link_path, *of_link, *of_file;

static void setup(void)
{
	file = tmp_file("file", "0123456789", 10, 0600);
	link_path = tmp_path("link");
	of_link = tmp_path("of-link");
	of_file = tmp_path("of-file");
	SETUP_OK(symlink("file", link_path));
}

static void run(void)
{
	struct stat st = {0}, seen = {0};

	REQUIRE_OK(linkat(AT_FDCWD, link_path, AT_FDCWD, of_link, 0));
	EXPECT_OK(lstat(link_path, &st));
	EXPECT_OK(lstat(of_link, &seen));
	EXPECT_EQ(seen.st_mode & S_IFMT, S_IFLNK);
	EXPECT_EQ(seen.st_ino, st.st_ino);
	REQUIRE_OK(linkat(AT_FDCWD, link_path, AT_FDCWD, of_file, AT_SYMLINK_FOLLOW));
	EXPECT_OK(lstat(file, &st));
	EXPECT_OK(lstat(of_file, &seen));
	EXPECT_EQ(seen.st_mode, S_IFREG | 0600);
	EXPECT_EQ(seen.st_ino, st.st_ino);
	EXPECT_EQ(seen.st_nlink, 2);
	EXPECT_ERRNO(linkat(AT_FDCWD, file, AT_FDCWD, tmp_path("more"), AT_SYMLINK_NOFOLLOW),
		     EINVAL);
}

PROBE(.promise = "linkat gives a symbolic link itself a second name, or with AT_SYMLINK_FOLLOW the "
		 "file that it leads to; ln -P and ln -L ask for it",
      .source = "man 2 linkat; POSIX.1-2017 linkat",
      .covers = COVERS("linkat", "linkat:AT_SYMLINK_FOLLOW"), .call = {CALL(SYS_linkat)},
      .setup = setup, .run = run);
