/* SPDX-License-Identifier: MIT */
#include <fcntl.h>

#include "probe.h"

static int file, read_only, folder, fds[2];

static void setup(void)
{
	const char *path = tmp_file("file", "0123456789", 10, 0600);

	file = (int)SETUP_OK(open(path, O_RDWR | O_CLOEXEC));
	read_only = (int)SETUP_OK(open(path, O_RDONLY | O_CLOEXEC));
	folder = (int)SETUP_OK(open(tmp_path(""), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	SETUP_OK(pipe(fds));
	SETUP_EQ(pwrite(file, "AB", 2, 2), 2);
}

static void run(void)
{
	REQUIRE_OK(fsync(file));
	EXPECT_OK(fdatasync(file));
	EXPECT_OK(fsync(read_only));
	EXPECT_OK(fsync(folder));
	EXPECT_ERRNO(fsync(fds[1]), EINVAL);
	EXPECT_ERRNO(fdatasync(fds[1]), EINVAL);
	EXPECT_ERRNO(fsync(999), EBADF);
	EXPECT_ERRNO(fdatasync(999), EBADF);
}

PROBE(.promise = "fsync and fdatasync take files and directories, however they are open, and "
		 "refuse what has no store (EINVAL); editors and databases save so",
      .source = "man 2 fsync; POSIX.1-2017 fsync", .covers = COVERS("fsync", "fdatasync"),
      .call = {CALL(SYS_fsync)}, .setup = setup, .run = run);
