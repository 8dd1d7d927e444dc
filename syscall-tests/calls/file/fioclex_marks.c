/* SPDX-License-Identifier: MIT */
#include <fcntl.h>

#include "probe.h"

static int fd, fds[2];

static void setup(void)
{
	fd = (int)SETUP_OK(open(tmp_file("file", "", 0, 0600), O_RDONLY));
	SETUP_OK(pipe(fds));
}

static void expect_marks(int number)
{
	EXPECT_EQ(fcntl(number, F_GETFD), 0);
	EXPECT_OK(ioctl(number, FIOCLEX));
	EXPECT_EQ(fcntl(number, F_GETFD), FD_CLOEXEC);
	EXPECT_OK(ioctl(number, FIONCLEX));
	EXPECT_EQ(fcntl(number, F_GETFD), 0);
}

static void run(void)
{
	expect_marks(fd);
	expect_marks(fds[1]);
	EXPECT_EQ(fcntl(fds[0], F_GETFD), 0);
	EXPECT_ERRNO(ioctl(999, FIOCLEX), EBADF);
}

PROBE(.promise = "FIOCLEX marks any descriptor close-on-exec and FIONCLEX takes it back; libuv and "
		 "Python ask for it so",
      .source = "man 2 ioctl (FIOCLEX), man 2 fcntl (FD_CLOEXEC)",
      .covers = COVERS("ioctl:FIOCLEX", "ioctl:FIONCLEX"),
      .call = {CALL_IOCTL(FIOCLEX), CALL_IOCTL(FIONCLEX)}, .setup = setup, .run = run);
