/* SPDX-License-Identifier: MIT */
#include <fcntl.h>

#include "probe.h"

static int fd;

static void setup(void)
{
	fd = (int)SETUP_OK(open("/dev/null", O_RDONLY | O_CLOEXEC));
	SETUP_OK(fcntl(fd, F_SETFD, 0));
}

static void run(void)
{
	/* Not lied about: another command. */
	SETUP_OK(fcntl(fd, F_GETFL));
	EXPECT_OK(fcntl(fd, F_SETFD, FD_CLOEXEC));
	EXPECT_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
}

PROBE(.promise = "A lie strikes the call whose argument matches, after set-up", .source = "probe.h",
      .call = {CALL_IF(SYS_fcntl, 1, F_SETFD)}, .setup = setup, .run = run);
