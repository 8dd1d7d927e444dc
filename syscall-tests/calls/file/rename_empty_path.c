/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <sys/stat.h>

#include "probe.h"

static const char *file;

static void setup(void)
{
	file = tmp_file("file", "0123456789", 10, 0600);
	SETUP_OK(mkdir(tmp_path("folder"), 0700));
	SETUP_OK(chdir(tmp_path("folder")));
}

static void run(void)
{
	struct stat st = {0};

	EXPECT_ERRNO(rename(file, ""), ENOENT);
	EXPECT_ERRNO(rename("", file), ENOENT);
	EXPECT_ERRNO(link(file, ""), ENOENT);
	EXPECT_ERRNO(symlink("x", ""), ENOENT);
	EXPECT_ERRNO(mkdir("", 0700), ENOENT);
	EXPECT_ERRNO(unlink(""), ENOENT);
	EXPECT_ERRNO(rmdir(""), ENOENT);
	EXPECT_OK(stat(file, &st));
	EXPECT_EQ(st.st_size, 10);
}

PROBE(.promise = "Nothing is made, moved or removed by an empty path (ENOENT): a script's unset "
		 "variable does no harm",
      .source = "man 7 path_resolution (Empty pathname); POSIX.1-2017 4.13, rename",
      .covers = COVERS("rename:ENOENT", "link:ENOENT", "mkdir:ENOENT", "unlink:ENOENT"),
      .call = {CALL(SYS_rename), CALL(SYS_renameat), CALL(SYS_link), CALL(SYS_mkdir)},
      .setup = setup, .run = run);
