/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sys/stat.h>

#include "probe.h"

enum { SIZE = 5000 };

static int fd, read_only, fds[2];

static void setup(void)
{
	const char *path = tmp_file("file", "0123456789", 10, 0600);

	fd = (int)SETUP_OK(open(path, O_RDWR | O_CLOEXEC));
	read_only = (int)SETUP_OK(open(path, O_RDONLY | O_CLOEXEC));
	SETUP_EQ(lseek(fd, 3, SEEK_SET), 3);
	SETUP_OK(pipe(fds));
}

static void run(void)
{
	static char buf[SIZE + 1], zeros[SIZE];
	struct stat st = {0};

	REQUIRE_OK(fallocate(fd, 0, 5, SIZE - 5));
	EXPECT_EQ(pread(fd, buf, sizeof(buf), 0), SIZE);
	EXPECT_BYTES(buf, "0123456789", 10);
	EXPECT_BYTES(buf + 10, zeros, SIZE - 10);
	EXPECT_EQ(lseek(fd, 0, SEEK_CUR), 3);
	/* Within the file there is nothing to grow. */
	EXPECT_OK(fallocate(fd, 0, 0, 100));
	EXPECT_OK(fstat(fd, &st));
	EXPECT_EQ(st.st_size, SIZE);
	EXPECT_ERRNO(fallocate(fd, 0, 0, 0), EINVAL);
	EXPECT_ERRNO(fallocate(fd, 0, -1, 10), EINVAL);
	EXPECT_ERRNO(fallocate(read_only, 0, 0, 10), EBADF);
	EXPECT_ERRNO(fallocate(fds[1], 0, 0, 10), ESPIPE);
}

PROBE(.promise =
	      "fallocate makes room for a file, which grows by zeros as far as the room goes and "
	      "keeps what it holds; databases and logs reserve so",
      .source = "man 2 fallocate; POSIX.1-2017 posix_fallocate", .covers = COVERS("fallocate"),
      .call = {CALL(SYS_fallocate)}, .setup = setup, .run = run);
