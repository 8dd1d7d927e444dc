/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <sys/stat.h>

#include "probe.h"

static const char *folder, *file, *to_folder, *to_file, *moved;

static void setup(void)
{
	folder = tmp_path("folder");
	SETUP_OK(mkdir(folder, 0711));
	file = tmp_file("file", "kept", 4, 0600);
	to_folder = tmp_path("to-folder");
	to_file = tmp_path("to-file");
	moved = tmp_path("moved");
	SETUP_OK(symlink("folder", to_folder));
	SETUP_OK(symlink("file", to_file));
}

static void run(void)
{
	struct stat st = {0};

	REQUIRE_OK(rename(to_file, moved));
	EXPECT_OK(lstat(moved, &st));
	EXPECT_EQ(st.st_mode & S_IFMT, S_IFLNK);
	EXPECT_ERRNO(rmdir(to_folder), ENOTDIR);
	REQUIRE_OK(unlink(to_folder));
	REQUIRE_OK(unlink(moved));
	EXPECT_ERRNO(lstat(to_folder, &st), ENOENT);
	EXPECT_ERRNO(lstat(moved, &st), ENOENT);
	EXPECT_OK(lstat(folder, &st));
	EXPECT_EQ(st.st_mode, S_IFDIR | 0711);
	EXPECT_OK(lstat(file, &st));
	EXPECT_EQ(st.st_size, 4);
}

PROBE(.promise = "unlink removes a link, rename moves it and rmdir refuses it, wherever it leads: "
		 "rm -r of a folder of links harms nothing outside",
      .source = "man 7 symlink; POSIX.1-2017 unlink, rename, rmdir",
      .covers = COVERS("unlink", "rename", "rmdir"),
      .call = {CALL(SYS_unlink), CALL(SYS_unlinkat), CALL(SYS_rename), CALL(SYS_renameat)},
      .setup = setup, .run = run);
