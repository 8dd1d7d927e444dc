/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sys/stat.h>

#include "probe.h"

static int fd;

static void setup(void)
{
	const char *folder = tmp_path("folder");

	SETUP_OK(mkdir(folder, 0700));
	fd = (int)SETUP_OK(open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	SETUP_OK(rmdir(folder));
}

static void run(void)
{
	char buf[512] __attribute__((aligned(8)));
	struct stat st = {0};

	EXPECT_ERRNO(syscall(SYS_getdents64, fd, buf, sizeof(buf)), ENOENT);
	EXPECT_ERRNO(openat(fd, "file", O_RDWR | O_CREAT, 0600), ENOENT);
	EXPECT_OK(fstat(fd, &st));
	EXPECT_EQ(st.st_mode, S_IFDIR | 0700);
}

PROBE(.promise = "A folder that was removed is still open, but lists nothing any more, nor takes "
		 "new files (ENOENT)",
      .source = "man 2 getdents64 (ENOENT); man 2 open; POSIX.1-2017 rmdir",
      .covers = COVERS("getdents64:ENOENT", "openat:ENOENT"), .call = {CALL(SYS_getdents64)},
      .setup = setup, .run = run);
