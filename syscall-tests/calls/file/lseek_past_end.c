/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sys/stat.h>

#include "probe.h"

enum { FAR = 9000 };

static int fd;

static void setup(void)
{
	fd = (int)SETUP_OK(open(tmp_file("file", "0123456789", 10, 0600), O_RDWR | O_CLOEXEC));
}

static void run(void)
{
	static char buf[FAR + 1], zeros[FAR];
	struct stat st = {0};

	REQUIRE_EQ(lseek(fd, FAR, SEEK_SET), FAR);
	EXPECT_OK(fstat(fd, &st));
	EXPECT_EQ(st.st_size, 10);
	EXPECT_EQ(write(fd, "x", 1), 1);
	EXPECT_EQ(lseek(fd, 0, SEEK_END), FAR + 1);
	EXPECT_EQ(pread(fd, buf, sizeof(buf), 0), FAR + 1);
	EXPECT_BYTES(buf, "0123456789", 10);
	EXPECT_BYTES(buf + 10, zeros, FAR - 10);
	EXPECT_EQ(buf[FAR], 'x');
	EXPECT_ERRNO(lseek(fd, -1, SEEK_SET), EINVAL);
	EXPECT_ERRNO(lseek(fd, -FAR - 2, SEEK_END), EINVAL);
	EXPECT_ERRNO(lseek(fd, 0, 77), EINVAL);
	EXPECT_EQ(lseek(fd, 0, SEEK_CUR), FAR + 1);
}

PROBE(.promise = "Seeking past the end changes nothing until a write, which leaves a hole of "
		 "zeros; before the beginning there is EINVAL",
      .source = "man 2 lseek; POSIX.1-2017 lseek", .covers = COVERS("lseek"),
      .call = {CALL(SYS_lseek)}, .setup = setup, .run = run);
