/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "probe.h"

static int folder, file;

static void setup(void)
{
	SETUP_OK(mkdir(tmp_path("folder"), 0755));
	SETUP_OK(mkdir(tmp_path("other"), 0755));
	file = (int)SETUP_OK(open(tmp_file("folder/file", "below", 5, 0600), O_RDONLY));
	tmp_file("other/file", "wrong", 5, 0600);
	folder = (int)SETUP_OK(open(tmp_path("folder"), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

static void expect_text(int fd, const char *text)
{
	char buf[8] = "";

	EXPECT_EQ(read(fd, buf, sizeof(buf)), 5);
	EXPECT_STR(buf, text);
}

static void run(void)
{
	SETUP_OK(chdir(tmp_path("other")));
	expect_text((int)REQUIRE_OK(openat(AT_FDCWD, "file", O_RDONLY)), "wrong");
	expect_text((int)REQUIRE_OK(openat(folder, "file", O_RDONLY)), "below");
	expect_text((int)REQUIRE_OK(openat(folder, "../folder/./file", O_RDONLY)), "below");
	expect_text((int)REQUIRE_OK(openat(999, tmp_path("folder/file"), O_RDONLY)), "below");
	EXPECT_ERRNO(openat(file, "file", O_RDONLY), ENOTDIR);
	EXPECT_ERRNO(openat(999, "file", O_RDONLY), EBADF);
	/* The descriptor goes with the directory, not with its name. */
	SETUP_OK(rename(tmp_path("folder"), tmp_path("moved")));
	EXPECT_ERRNO(access(tmp_path("folder"), F_OK), ENOENT);
	expect_text((int)REQUIRE_OK(openat(folder, "file", O_RDONLY)), "below");
	EXPECT_OK(fchdir(folder));
	expect_text((int)REQUIRE_OK(openat(AT_FDCWD, "file", O_RDONLY)), "below");
	EXPECT_ERRNO(fchdir(file), ENOTDIR);
}

PROBE(.promise = "openat looks below the directory that its descriptor is open on, also when that "
		 "was renamed; absolute paths need none, and fchdir goes there",
      .source = "man 2 openat; POSIX.1-2017 openat; man 2 fchdir",
      .covers = COVERS("openat", "fchdir"), .call = {CALL(SYS_openat)}, .setup = setup, .run = run);
