/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sys/stat.h>

#include "probe.h"

static int folder;

static void setup(void)
{
	SETUP_OK(mkdir(tmp_path("folder"), 0700));
	SETUP_OK(chdir(tmp_path("folder")));
	tmp_file("folder/file", "0123456789", 10, 0600);
	folder = (int)SETUP_OK(open(tmp_path("folder"), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

static void run(void)
{
	struct stat st = {0}, seen = {0};

	REQUIRE_OK(link("file", "second"));
	REQUIRE_OK(linkat(folder, "file", folder, "third", 0));
	REQUIRE_OK(link("../folder/second", "./fourth"));
	EXPECT_OK(stat(tmp_path("folder/file"), &st));
	EXPECT_EQ(st.st_nlink, 4);
	EXPECT_OK(stat(tmp_path("folder/fourth"), &seen));
	EXPECT_EQ(seen.st_ino, st.st_ino);
	EXPECT_OK(stat(tmp_path("folder/third"), &seen));
	EXPECT_EQ(seen.st_ino, st.st_ino);
	EXPECT_ERRNO(linkat(folder, "file", AT_FDCWD, "third", 0), EEXIST);
}

PROBE(.promise = "A second name may be told from the working folder or from an open one: ln and "
		 "git do so",
      .source = "man 2 link; POSIX.1-2017 link, linkat", .covers = COVERS("link", "linkat"),
      .call = {CALL(SYS_link), CALL(SYS_linkat)}, .setup = setup, .run = run);
