/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sys/stat.h>

#include "probe.h"

static void setup(void)
{
	SETUP_OK(mkdir(tmp_path("shared"), 0755));
	SETUP_OK(chown(tmp_path("shared"), 0, 3000));
	SETUP_OK(chmod(tmp_path("shared"), 02775));
	SETUP_OK(mkdir(tmp_path("plain"), 0755));
	SETUP_OK(chown(tmp_path("plain"), 0, 3000));
}

static struct stat stat_of(const char *name)
{
	struct stat st = {0};

	REQUIRE_OK(stat(tmp_path(name), &st));
	return st;
}

static void run(void)
{
	struct stat st;
	int fd;

	REQUIRE_OK(mkdir(tmp_path("shared/sub"), 0755));
	st = stat_of("shared/sub");
	EXPECT_EQ(st.st_gid, 3000);
	EXPECT_EQ(st.st_mode, S_IFDIR | 02755);
	fd = (int)SETUP_OK(open(tmp_path("shared/file"), O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
	SETUP_EQ(write(fd, "abc", 3), 3);
	st = stat_of("shared/file");
	EXPECT_EQ(st.st_gid, 3000);
	EXPECT_EQ(st.st_mode, S_IFREG | 0644);
	EXPECT_EQ(st.st_size, 3);
	REQUIRE_OK(mkdir(tmp_path("plain/sub"), 0755));
	st = stat_of("plain/sub");
	EXPECT_EQ(st.st_gid, getegid());
	EXPECT_EQ(st.st_mode, S_IFDIR | 0755);
}

PROBE(.promise = "What is made in a set-group directory gets its group, a directory the bit too; "
		 "elsewhere the maker's group counts",
      .source = "man 2 mkdir; man 7 inode (S_ISGID)", .covers = COVERS("mkdir", "mkdir:S_ISGID"),
      .needs = NEEDS("root"), .call = {CALL(SYS_mkdir), CALL(SYS_mkdirat)}, .setup = setup,
      .run = run);
