/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sys/stat.h>

#include "probe.h"

static int folder;

static void setup(void)
{
	folder = (int)SETUP_OK(open(tmp_path(""), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

static void run(void)
{
	struct stat st = {0};

	EXPECT_ERRNO(syscall(SYS_newfstatat, folder, "", &st, 0), ENOENT);
	EXPECT_ERRNO(syscall(SYS_newfstatat, AT_FDCWD, "", &st, 0), ENOENT);
	EXPECT_ERRNO(openat(folder, "", O_RDONLY), ENOENT);
	EXPECT_ERRNO(mkdirat(folder, "", 0700), ENOENT);
	EXPECT_OK(syscall(SYS_newfstatat, folder, ".", &st, 0));
	EXPECT_EQ(st.st_mode, S_IFDIR | 0755);
}

PROBE(.promise = "An empty path names nothing (ENOENT), unless AT_EMPTY_PATH asks for the "
		 "descriptor itself",
      .source = "man 7 path_resolution (Empty pathname); POSIX.1-2017 4.13",
      .covers = COVERS("newfstatat:ENOENT", "openat:ENOENT"), .call = {CALL(SYS_newfstatat)},
      .setup = setup, .run = run);
