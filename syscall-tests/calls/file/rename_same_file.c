/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <sys/stat.h>

#include "probe.h"

static const char *first, *second, *moved;

static void setup(void)
{
	first = tmp_file("first", "0123456789", 10, 0600);
	second = tmp_path("second");
	moved = tmp_path("moved");
	SETUP_OK(link(first, second));
}

static void run(void)
{
	struct stat st = {0}, of_second = {0};

	REQUIRE_OK(rename(first, moved));
	EXPECT_ERRNO(stat(first, &st), ENOENT);
	EXPECT_OK(rename(moved, second));
	EXPECT_OK(stat(moved, &st));
	EXPECT_OK(stat(second, &of_second));
	EXPECT_EQ(st.st_ino, of_second.st_ino);
	EXPECT_EQ(st.st_nlink, 2);
	EXPECT_OK(rename(moved, moved));
	EXPECT_OK(stat(moved, &st));
	EXPECT_EQ(st.st_size, 10);
}

PROBE(.promise = "Renaming one name of a file to another name of it does nothing, and does not "
		 "fail",
      .source = "man 2 rename; POSIX.1-2017 rename", .covers = COVERS("rename", "link"),
      .call = {CALL(SYS_rename), CALL(SYS_renameat)}, .setup = setup, .run = run);
