/* SPDX-License-Identifier: MIT */
#include <sys/epoll.h>
#include <sys/eventfd.h>

#include "probe.h"

static int ep, fd;

static void setup(void)
{
	struct epoll_event set = {.events = EPOLLIN | EPOLLET, .data.u32 = 7};

	ep = (int)SETUP_OK(epoll_create1(EPOLL_CLOEXEC));
	fd = (int)SETUP_OK(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
	SETUP_OK(epoll_ctl(ep, EPOLL_CTL_ADD, fd, &set));
}

static void run(void)
{
	struct epoll_event ev = {0};
	uint64_t one = 1, sum = 0;

	EXPECT_EQ(epoll_wait(ep, &ev, 1, 0), 0);
	for (int i = 0; i < 3; i++) {
		SETUP_EQ(write(fd, &one, sizeof(one)), 8);
		REQUIRE_EQ(epoll_wait(ep, &ev, 1, 0), 1);
		EXPECT_EQ(ev.events, EPOLLIN);
		EXPECT_EQ(ev.data.u32, 7);
		EXPECT_EQ(epoll_wait(ep, &ev, 1, 0), 0);
	}
	SETUP_EQ(read(fd, &sum, sizeof(sum)), 8);
	EXPECT_EQ(sum, 3);
}

PROBE(.promise = "Each write to an edge-triggered eventfd is an event of its own, though nobody "
		 "reads it: nginx's threads say so that they have finished",
      .source = "man 7 epoll; man 2 eventfd", .covers = COVERS("epoll_ctl:EPOLLET", "eventfd2"),
      .call = {CALL(SYS_epoll_wait), CALL(SYS_epoll_pwait)}, .setup = setup, .run = run);
