/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <sys/stat.h>

#include "probe.h"

enum { LONG = 1000 };

static char text[LONG + 1];
static const char *long_link, *to_folder, *slash, *to_file_slash;

static void setup(void)
{
	memset(text, 't', LONG);
	long_link = tmp_path("long");
	to_folder = tmp_path("to-folder");
	slash = tmp_path("to-folder/");
	to_file_slash = tmp_path("to-file/");
	SETUP_OK(mkdir(tmp_path("folder"), 0711));
	tmp_file("file", "0123456789", 10, 0600);
	SETUP_OK(symlink(text, long_link));
	SETUP_OK(symlink("folder", to_folder));
	SETUP_OK(symlink("file", tmp_path("to-file")));
}

static void run(void)
{
	static char got[LONG + 10];
	struct stat st = {0};

	REQUIRE_OK(lstat(long_link, &st));
	EXPECT_EQ(st.st_mode & S_IFMT, S_IFLNK);
	EXPECT_EQ(st.st_size, LONG);
	EXPECT_EQ(readlink(long_link, got, sizeof(got)), LONG);
	EXPECT_BYTES(got, text, LONG);
	EXPECT_OK(lstat(to_folder, &st));
	EXPECT_EQ(st.st_mode & S_IFMT, S_IFLNK);
	EXPECT_EQ(st.st_size, 6);
	/* A slash behind it asks for the folder. */
	EXPECT_OK(lstat(slash, &st));
	EXPECT_EQ(st.st_mode, S_IFDIR | 0711);
	EXPECT_ERRNO(lstat(to_file_slash, &st), ENOTDIR);
}

PROBE(.promise = "lstat tells of a link itself, whose size is the length of its text, also where "
		 "that leads nowhere; with a slash behind its name it is followed",
      .source = "man 2 lstat; man 7 symlink; man 7 path_resolution; POSIX.1-2017 lstat, 4.13",
      .covers = COVERS("lstat", "symlink"), .call = {CALL(SYS_lstat), CALL(SYS_newfstatat)},
      .setup = setup, .run = run);
