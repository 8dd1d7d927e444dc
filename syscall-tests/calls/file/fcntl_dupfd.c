/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sys/resource.h>

#include "probe.h"

static void setup(void)
{
	struct rlimit limit = {.rlim_cur = 50, .rlim_max = 50};

	SETUP_OK(setrlimit(RLIMIT_NOFILE, &limit));
}

static void run(void)
{
	REQUIRE_EQ(fcntl(0, F_DUPFD, 30), 30);
	EXPECT_EQ(fcntl(30, F_GETFD), 0);
	/* The system call itself: the library would set the flag once more. */
	EXPECT_EQ(syscall(SYS_fcntl, 0, F_DUPFD_CLOEXEC, 30), 31);
	EXPECT_EQ(fcntl(31, F_GETFD), FD_CLOEXEC);
	EXPECT_ERRNO(fcntl(0, F_DUPFD, 50), EINVAL);
	EXPECT_ERRNO(fcntl(0, F_DUPFD, -1), EINVAL);
	EXPECT_ERRNO(fcntl(999, F_DUPFD, 0), EBADF);
	EXPECT_ERRNO(fcntl(0, 7777), EINVAL);
}

PROBE(.promise = "F_DUPFD gives the lowest free number from the one named, which must be below the "
		 "limit",
      .source = "man 2 fcntl; POSIX.1-2017 fcntl",
      .covers = COVERS("fcntl:F_DUPFD", "fcntl:F_DUPFD_CLOEXEC"), .call = {CALL(SYS_fcntl)},
      .setup = setup, .run = run);
