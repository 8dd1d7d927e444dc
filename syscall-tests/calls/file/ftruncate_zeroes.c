/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "probe.h"

enum { SIZE = 5000, SMALL = 4100 };

static int fd, read_only, fds[2];

static void setup(void)
{
	static char bytes[SIZE];
	const char *path;

	memset(bytes, 'o', SIZE);
	path = tmp_file("file", bytes, SIZE, 0600);
	fd = (int)SETUP_OK(open(path, O_RDWR | O_CLOEXEC));
	read_only = (int)SETUP_OK(open(path, O_RDONLY | O_CLOEXEC));
	SETUP_EQ(lseek(fd, 33, SEEK_SET), 33);
	SETUP_OK(pipe(fds));
}

static void run(void)
{
	static char buf[SIZE], zeros[SIZE];
	struct stat st = {0};

	REQUIRE_OK(ftruncate(fd, SMALL));
	EXPECT_OK(fstat(fd, &st));
	EXPECT_EQ(st.st_size, SMALL);
	/* What was cut off does not come back. */
	REQUIRE_OK(ftruncate(fd, SIZE));
	EXPECT_EQ(pread(fd, buf, SIZE, 0), SIZE);
	EXPECT_EQ(buf[SMALL - 1], 'o');
	EXPECT_BYTES(buf + SMALL, zeros, SIZE - SMALL);
	EXPECT_EQ(lseek(fd, 0, SEEK_CUR), 33);
	EXPECT_ERRNO(ftruncate(read_only, 0), EINVAL);
	EXPECT_ERRNO(ftruncate(fd, -1), EINVAL);
	EXPECT_ERRNO(ftruncate(fds[1], 0), EINVAL);
	EXPECT_OK(fstat(fd, &st));
	EXPECT_EQ(st.st_size, SIZE);
}

PROBE(.promise = "ftruncate cuts a file off or lengthens it by zeros, leaves the position, and "
		 "wants a file open for writing",
      .source = "man 2 ftruncate; POSIX.1-2017 ftruncate", .covers = COVERS("ftruncate"),
      .call = {CALL(SYS_ftruncate)}, .setup = setup, .run = run);
