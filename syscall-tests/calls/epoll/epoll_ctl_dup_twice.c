/* SPDX-License-Identifier: MIT */
#include <sys/epoll.h>
#include <sys/eventfd.h>

#include "probe.h"

static int ep, fd, copy;

static void setup(void)
{
	ep = (int)SETUP_OK(epoll_create1(EPOLL_CLOEXEC));
	fd = (int)SETUP_OK(eventfd(1, EFD_CLOEXEC));
	copy = (int)SETUP_OK(dup(fd));
}

static void run(void)
{
	struct epoll_event in = {.events = EPOLLIN, .data.u32 = 1}, ev[3] = {{0}};
	struct epoll_event out = {.events = EPOLLOUT, .data.u32 = 2};

	REQUIRE_OK(epoll_ctl(ep, EPOLL_CTL_ADD, fd, &in));
	REQUIRE_OK(epoll_ctl(ep, EPOLL_CTL_ADD, copy, &out));
	REQUIRE_EQ(epoll_wait(ep, ev, 3, 0), 2);
	EXPECT_EQ(ev[0].data.u32 ^ ev[1].data.u32, 3);
	EXPECT_EQ(ev[ev[0].data.u32 == 2].events, EPOLLIN);
	EXPECT_EQ(ev[ev[0].data.u32 == 1].events, EPOLLOUT);
	/* Each is removed for itself. */
	REQUIRE_OK(epoll_ctl(ep, EPOLL_CTL_DEL, fd, NULL));
	REQUIRE_EQ(epoll_wait(ep, ev, 3, 0), 1);
	EXPECT_EQ(ev[0].data.u32, 2);
	EXPECT_EQ(ev[0].events, EPOLLOUT);
}

PROBE(.promise = "A copy of a descriptor is registered beside the first, with events and data of "
		 "its own: reading and writing are watched apart so",
      .source = "man 7 epoll, questions and answers",
      .covers = COVERS("epoll_ctl:EPOLL_CTL_ADD", "epoll_ctl:EPOLL_CTL_DEL"),
      .call = {CALL(SYS_epoll_ctl)}, .setup = setup, .run = run);
