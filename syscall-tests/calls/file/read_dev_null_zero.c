/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "probe.h"

static int open_device(const char *path, unsigned minor_number)
{
	int fd = (int)SETUP_OK(open(path, O_RDWR | O_CLOEXEC));
	struct stat st = {0};

	SETUP_OK(fstat(fd, &st));
	EXPECT(S_ISCHR(st.st_mode) && major(st.st_rdev) == 1 && minor(st.st_rdev) == minor_number,
	       "%s is device %u:%u with mode 0%o, expected 1:%u", path, major(st.st_rdev),
	       minor(st.st_rdev), st.st_mode, minor_number);
	EXPECT_EQ(st.st_mode & 0777, 0666);
	return fd;
}

static void run(void)
{
	int null_fd = open_device("/dev/null", 3), zero_fd = open_device("/dev/zero", 5);
	char *buf = guard_buf(5000);

	interrupt_when_late();
	EXPECT_EQ(read(zero_fd, buf, 5000), 5000);
	for (int i = 0; i < 5000; i += 499)
		EXPECT_EQ(buf[i], 0);
	EXPECT_EQ(write(zero_fd, "abc", 3), 3);
	EXPECT_EQ(read(null_fd, buf, 5000), 0);
	EXPECT_EQ(write(null_fd, buf, 5000), 5000);
	EXPECT_EQ(read(null_fd, buf, 5000), 0);
	EXPECT_ERRNO(read(zero_fd, bad_address(), 10), EFAULT);
}

PROBE(.promise = "/dev/null reads empty and swallows, /dev/zero reads zeros and swallows, for "
		 "everybody",
      .source = "man 4 null", .covers = COVERS("openat:/dev/null", "openat:/dev/zero"),
      .call = {CALL(SYS_read)}, .run = run);
