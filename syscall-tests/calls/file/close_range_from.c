/* SPDX-License-Identifier: MIT */
#include <fcntl.h>

#include "probe.h"

#ifndef SYS_close_range
#define SYS_close_range 436
#endif

enum { CLOEXEC_ONLY = 1u << 2 };

static void setup(void)
{
	int fd = (int)SETUP_OK(open("/dev/null", O_RDONLY));

	for (int i = 20; i < 26; i++)
		SETUP_OK(dup2(fd, i));
}

static void run(void)
{
	REQUIRE_OK(syscall(SYS_close_range, 22, 23, 0));
	EXPECT_OK(fcntl(21, F_GETFD));
	EXPECT_ERRNO(fcntl(22, F_GETFD), EBADF);
	EXPECT_ERRNO(fcntl(23, F_GETFD), EBADF);
	EXPECT_EQ(fcntl(24, F_GETFD), 0);
	REQUIRE_OK(syscall(SYS_close_range, 24, ~0u, CLOEXEC_ONLY));
	EXPECT_EQ(fcntl(24, F_GETFD), FD_CLOEXEC);
	REQUIRE_OK(syscall(SYS_close_range, 21, ~0u, 0));
	EXPECT_OK(fcntl(20, F_GETFD));
	EXPECT_ERRNO(fcntl(21, F_GETFD), EBADF);
	EXPECT_ERRNO(fcntl(25, F_GETFD), EBADF);
	EXPECT_ERRNO(syscall(SYS_close_range, 10, 9, 0), EINVAL);
	EXPECT_ERRNO(syscall(SYS_close_range, 9, 10, 0x80), EINVAL);
}

PROBE(.promise = "close_range closes the open descriptors of a range, or marks them close-on-exec; "
		 "sshd's "
		 "closefrom uses it",
      .source = "man 2 close_range",
      .covers = COVERS("close_range", "close_range:CLOSE_RANGE_CLOEXEC"),
      .call = {CALL(SYS_close_range)}, .setup = setup, .run = run);
