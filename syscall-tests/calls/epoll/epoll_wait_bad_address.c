/* SPDX-License-Identifier: MIT */
#include <sys/epoll.h>

#include "probe.h"

static int ep, fds[2];

static void setup(void)
{
	struct epoll_event ev = {.events = EPOLLIN};

	ep = (int)SETUP_OK(epoll_create1(EPOLL_CLOEXEC));
	SETUP_OK(pipe(fds));
	SETUP_OK(epoll_ctl(ep, EPOLL_CTL_ADD, fds[0], &ev));
	SETUP_EQ(write(fds[1], "x", 1), 1);
}

static void run(void)
{
	struct epoll_event ev;

	EXPECT_ERRNO(epoll_wait(ep, bad_address(), 1, 0), EFAULT);
	/* What could not be written was not lost. */
	EXPECT_EQ(epoll_wait(ep, &ev, 1, 0), 1);
}

PROBE(.promise = "epoll_wait with bad memory for its events is EFAULT, and the events are not lost",
      .source = "man 2 epoll_wait", .covers = COVERS("epoll_wait"),
      .call = {CALL(SYS_epoll_wait), CALL(SYS_epoll_pwait)}, .setup = setup, .run = run);
