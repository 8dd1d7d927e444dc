/* SPDX-License-Identifier: MIT */
#include <fcntl.h>

#include "probe.h"

static int folder, read_only, write_only;

static void setup(void)
{
	const char *path = tmp_file("file", "x", 1, 0600);

	folder = (int)SETUP_OK(open(tmp_path(""), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	read_only = (int)SETUP_OK(open(path, O_RDONLY | O_CLOEXEC));
	write_only = (int)SETUP_OK(open(path, O_WRONLY | O_CLOEXEC));
}

static void run(void)
{
	char c = '#';

	EXPECT_ERRNO(read(folder, &c, 1), EISDIR);
	EXPECT_ERRNO(pread(folder, &c, 1, 0), EISDIR);
	EXPECT_ERRNO(read(write_only, &c, 1), EBADF);
	EXPECT_ERRNO(read(999, &c, 1), EBADF);
	EXPECT_ERRNO(write(read_only, "y", 1), EBADF);
	EXPECT_ERRNO(write(folder, "y", 1), EBADF);
	EXPECT_ERRNO(read(read_only, bad_address(), 1), EFAULT);
	EXPECT_EQ(read(read_only, &c, 1), 1);
	EXPECT_EQ(c, 'x');
}

PROBE(.promise = "A directory is not read (EISDIR), nor a descriptor that is not open for it "
		 "(EBADF), and a bad buffer loses nothing (EFAULT)",
      .source = "man 2 read; man 2 write; POSIX.1-2017 read",
      .covers = COVERS("read:EISDIR", "read:EBADF", "write:EBADF", "read:EFAULT"),
      .call = {CALL(SYS_read)}, .setup = setup, .run = run);
