/* SPDX-License-Identifier: MIT */
#include <sys/epoll.h>
#include <sys/eventfd.h>

#include "probe.h"

static int ep, fd;

static void setup(void)
{
	struct epoll_event ev = {.events = EPOLLIN, .data.u32 = 1};

	ep = (int)SETUP_OK(epoll_create1(EPOLL_CLOEXEC));
	fd = (int)SETUP_OK(eventfd(0, EFD_CLOEXEC));
	SETUP_OK(epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev));
}

/* What is delivered after the registration was changed. */
static uint32_t delivered(uint32_t events, uint64_t data)
{
	struct epoll_event set = {.events = events, .data.u64 = data}, ev = {0};

	REQUIRE_OK(epoll_ctl(ep, EPOLL_CTL_MOD, fd, &set));
	if (epoll_wait(ep, &ev, 1, 0) == 0)
		return 0;
	EXPECT_EQ(ev.data.u64, data);
	return ev.events;
}

static void run(void)
{
	uint64_t one = 1;

	/* An eventfd of 0 can be written, and not be read. */
	EXPECT_EQ(delivered(EPOLLIN | EPOLLOUT, 0x1000000002u), EPOLLOUT);
	EXPECT_EQ(delivered(EPOLLIN, 3), 0);
	SETUP_EQ(write(fd, &one, sizeof(one)), 8);
	EXPECT_EQ(delivered(EPOLLOUT, 4), EPOLLOUT);
	EXPECT_EQ(delivered(EPOLLIN | EPOLLOUT, 5), EPOLLIN | EPOLLOUT);
	EXPECT_EQ(delivered(0, 6), 0);
	EXPECT_EQ(delivered(EPOLLIN, 7), EPOLLIN);
}

PROBE(.promise = "EPOLL_CTL_MOD puts events and data in the place of the old ones, and what is "
		 "ready now is delivered: servers turn EPOLLOUT on and off so",
      .source = "man 2 epoll_ctl (EPOLL_CTL_MOD)", .covers = COVERS("epoll_ctl:EPOLL_CTL_MOD"),
      .call = {CALL(SYS_epoll_ctl)}, .setup = setup, .run = run);
