/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sys/stat.h>

#include "probe.h"

static int fd;

static void setup(void)
{
	fd = (int)SETUP_OK(open(tmp_file("file", "0123456789", 10, 0600), O_RDWR | O_CLOEXEC));
	SETUP_EQ(lseek(fd, 3, SEEK_SET), 3);
}

static void run(void)
{
	char buf[16] = "";
	struct stat st = {0};

	REQUIRE_EQ(pwrite(fd, "XY", 2, 6), 2);
	EXPECT_EQ(lseek(fd, 0, SEEK_CUR), 3);
	REQUIRE_EQ(pread(fd, buf, 4, 5), 4);
	EXPECT_BYTES(buf, "5XY8", 4);
	EXPECT_EQ(lseek(fd, 0, SEEK_CUR), 3);
	EXPECT_EQ(pread(fd, buf, 16, 10), 0);
	EXPECT_EQ(pread(fd, buf, 16, 8), 2);
	/* A hole reads as zeros. */
	REQUIRE_EQ(pwrite(fd, "Z", 1, 5000), 1);
	EXPECT_OK(fstat(fd, &st));
	EXPECT_EQ(st.st_size, 5001);
	EXPECT_EQ(pread(fd, buf, 4, 4997), 4);
	EXPECT_BYTES(buf, "\0\0\0Z", 4);
	EXPECT_ERRNO(pread(fd, buf, 4, -1), EINVAL);
	EXPECT_ERRNO(pwrite(fd, buf, 4, -1), EINVAL);
}

PROBE(.promise = "pread and pwrite work at their offset, leave the file position, give 0 at the "
		 "end, and "
		 "what was never written reads as zeros",
      .source = "man 2 pread; POSIX.1-2017 pread", .covers = COVERS("pread64", "pwrite64"),
      .call = {CALL(SYS_pwrite64), CALL(SYS_pread64)}, .setup = setup, .run = run);
