/* SPDX-License-Identifier: MIT */
#include <fcntl.h>

#include "probe.h"

static const char *path;
static int fds[2];

static void setup(void)
{
	path = tmp_path("file");
	SETUP_OK(pipe2(fds, O_NONBLOCK));
}

static void run(void)
{
	enum { OPENING = O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC };
	enum { LOOKED_AT = OPENING | O_ACCMODE | O_APPEND | O_NONBLOCK };
	int fd = (int)SETUP_OK(open(path, O_RDWR | O_APPEND | OPENING, 0600));
	int flags = (int)REQUIRE_OK(fcntl(fd, F_GETFL));

	EXPECT_EQ(flags & LOOKED_AT, O_RDWR | O_APPEND);
	flags = (int)REQUIRE_OK(fcntl(fds[1], F_GETFL));
	EXPECT_EQ(flags & LOOKED_AT, O_WRONLY | O_NONBLOCK);
	EXPECT_ERRNO(syscall(SYS_fcntl, 999, F_GETFL), EBADF);
}

PROBE(.promise = "F_GETFL tells the access mode and the status flags, not those that were for "
		 "opening alone",
      .source = "man 2 open; man 2 fcntl (F_GETFL); POSIX.1-2017 fcntl",
      .covers = COVERS("fcntl:F_GETFL"), .call = {CALL_IF(SYS_fcntl, 1, F_GETFL)}, .setup = setup,
      .run = run);
