/* SPDX-License-Identifier: MIT */
#include <fcntl.h>

#include "probe.h"

static int fd;

static void setup(void)
{
	fd = (int)SETUP_OK(open(tmp_file("file", "0123456789", 10, 0600), O_RDWR | O_CLOEXEC));
}

static void run(void)
{
	char c = 0;

	REQUIRE_EQ(dup2(fd, 40), 40);
	EXPECT_EQ(fcntl(40, F_GETFD), 0);
	EXPECT_EQ(read(40, &c, 1), 1);
	EXPECT_EQ(lseek(fd, 0, SEEK_CUR), 1);
	EXPECT_OK(fcntl(fd, F_SETFL, O_APPEND));
	int flags = (int)SETUP_OK(fcntl(40, F_GETFL));

	EXPECT_EQ(flags & O_APPEND, O_APPEND);
	/* Onto itself: nothing happens. */
	EXPECT_EQ(dup2(fd, fd), fd);
	EXPECT_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
	EXPECT_ERRNO(syscall(SYS_dup3, fd, fd, 0), EINVAL);
	EXPECT_ERRNO(dup2(999, 41), EBADF);
	EXPECT_ERRNO(dup2(fd, -1), EBADF);
	/* What stood at the number is closed. */
	REQUIRE_EQ(dup2(0, 40), 40);
	EXPECT_EQ(read(40, &c, 1), 0);
	REQUIRE_EQ(dup3(fd, 42, O_CLOEXEC), 42);
	EXPECT_EQ(fcntl(42, F_GETFD), FD_CLOEXEC);
}

PROBE(.promise = "dup2 makes a second number for one open file, with position and flags shared and "
		 "without "
		 "close-on-exec; onto itself it changes nothing",
      .source = "man 2 dup; POSIX.1-2017 dup2", .covers = COVERS("dup2", "dup3", "dup3:O_CLOEXEC"),
      .call = {CALL(SYS_dup2), CALL(SYS_dup3)}, .setup = setup, .run = run);
