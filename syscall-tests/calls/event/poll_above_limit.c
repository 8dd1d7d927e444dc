/* SPDX-License-Identifier: MIT */
#include <poll.h>
#include <sys/resource.h>

#include "probe.h"

static int fds[2];

static void setup(void)
{
	struct rlimit limit = {.rlim_cur = 1, .rlim_max = 1};

	SETUP_OK(pipe(fds));
	SETUP_EQ(write(fds[1], "x", 1), 1);
	SETUP_OK(setrlimit(RLIMIT_NOFILE, &limit));
}

static void run(void)
{
	struct pollfd p[2] = {{.fd = fds[0], .events = POLLIN}, {.fd = -1}};

	EXPECT_EQ(poll(p, 1, 0), 1);
	EXPECT_EQ(p[0].revents, POLLIN);
	EXPECT_ERRNO(poll(p, 2, 0), EINVAL);
}

PROBE(.promise =
	      "poll takes no more descriptors than RLIMIT_NOFILE allows (EINVAL), but works up to "
	      "that: sshd's sandbox keeps a limit of 1 since it polls one",
      .source = "man 2 poll (EINVAL); POSIX.1-2017 poll", .covers = COVERS("poll:EINVAL"),
      .call = {CALL(SYS_poll)}, .setup = setup, .run = run);
