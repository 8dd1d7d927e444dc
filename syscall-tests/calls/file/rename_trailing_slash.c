/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <sys/stat.h>

#include "probe.h"

static const char *file, *moved;

static void setup(void)
{
	file = tmp_file("file", "0123456789", 10, 0600);
	moved = tmp_path("moved");
	SETUP_OK(mkdir(tmp_path("folder"), 0700));
	tmp_file("folder/x", "x", 1, 0600);
}

static void run(void)
{
	struct stat st = {0};

	EXPECT_ERRNO(rename(file, tmp_path("moved/")), ENOTDIR);
	EXPECT_ERRNO(rename(tmp_path("file/"), moved), ENOTDIR);
	EXPECT_ERRNO(lstat(moved, &st), ENOENT);
	EXPECT_OK(lstat(file, &st));
	EXPECT_EQ(st.st_size, 10);
	REQUIRE_OK(rename(tmp_path("folder/"), tmp_path("moved/")));
	EXPECT_OK(lstat(tmp_path("moved/x"), &st));
	EXPECT_EQ(st.st_size, 1);
}

PROBE(.promise = "A slash behind a name stands for a folder: a file is not renamed so (ENOTDIR), "
		 "and mv file new-folder/ does not make a file of that name",
      .source = "man 7 path_resolution; POSIX.1-2017 4.13, rename (ENOTDIR)",
      .covers = COVERS("rename", "rename:ENOTDIR"), .call = {CALL(SYS_rename), CALL(SYS_renameat)},
      .setup = setup, .run = run);
