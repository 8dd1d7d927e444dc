/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <poll.h>

#include "probe.h"

static int null, zero;

static void setup(void)
{
	null = (int)SETUP_OK(open("/dev/null", O_RDWR | O_CLOEXEC));
	zero = (int)SETUP_OK(open("/dev/zero", O_RDWR | O_CLOEXEC));
	interrupt_when_late();
}

static void run(void)
{
	struct pollfd p[] = {{.fd = null, .events = POLLIN | POLLOUT},
			     {.fd = zero, .events = POLLIN},
			     {.fd = zero, .events = 0}};

	EXPECT_EQ(poll(p, 3, -1), 2);
	EXPECT_EQ(p[0].revents, POLLIN | POLLOUT);
	EXPECT_EQ(p[1].revents, POLLIN);
	EXPECT_EQ(p[2].revents, 0);
}

PROBE(.promise = "/dev/null and /dev/zero never block, and poll says so: the input and output of "
		 "daemons, and of commands started in the background",
      .source = "man 4 null; POSIX.1-2017 poll (POLLIN, POLLOUT, POLLNVAL)",
      .covers = COVERS("poll", "poll:/dev/null"), .call = {CALL(SYS_poll)}, .setup = setup,
      .run = run);
