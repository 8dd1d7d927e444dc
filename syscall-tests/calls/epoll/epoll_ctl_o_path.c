/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sys/epoll.h>

#include "probe.h"

static int ep, fd;

static void setup(void)
{
	ep = (int)SETUP_OK(epoll_create1(EPOLL_CLOEXEC));
	fd = (int)SETUP_OK(open("/tmp", O_PATH | O_CLOEXEC));
}

static void run(void)
{
	struct epoll_event ev = {.events = EPOLLIN};

	EXPECT_ERRNO(epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev), EBADF);
}

PROBE(.promise = "Adding an O_PATH descriptor to an epoll is EBADF", .source = "man 2 open, O_PATH",
      .covers = COVERS("epoll_ctl:EPOLL_CTL_ADD", "openat:O_PATH"), .call = {CALL(SYS_epoll_ctl)},
      .setup = setup, .run = run);
