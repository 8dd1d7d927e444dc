/* SPDX-License-Identifier: MIT */
#include <sys/epoll.h>

#include "probe.h"

static int ep, fds[2];

static void setup(void)
{
	struct epoll_event ev = {.events = EPOLLIN, .data.u64 = 0x0123456789abcdefull};

	ep = (int)SETUP_OK(epoll_create1(EPOLL_CLOEXEC));
	SETUP_OK(pipe(fds));
	SETUP_OK(epoll_ctl(ep, EPOLL_CTL_ADD, fds[0], &ev));
}

static void run(void)
{
	struct epoll_event ev[2];
	char buf[4];

	EXPECT_EQ(epoll_wait(ep, ev, 2, 0), 0);
	SETUP_EQ(write(fds[1], "abc", 3), 3);
	for (int i = 0; i < 3; i++) {
		ev[0] = (struct epoll_event){0};
		REQUIRE_EQ(epoll_wait(ep, ev, 2, 0), 1);
		EXPECT_EQ(ev[0].events, EPOLLIN);
		EXPECT_EQ(ev[0].data.u64, 0x0123456789abcdefull);
		SETUP_EQ(read(fds[0], buf, 1), 1);
	}
	EXPECT_EQ(epoll_wait(ep, ev, 2, 0), 0);
	SETUP_EQ(write(fds[1], "d", 1), 1);
	EXPECT_EQ(epoll_wait(ep, ev, 2, 0), 1);
}

PROBE(.promise = "Level-triggered, a descriptor is delivered by every wait until it is drained, "
		 "with the "
		 "64 bits of data it was added with",
      .source = "man 7 epoll", .covers = COVERS("epoll_wait", "epoll_ctl:EPOLL_CTL_ADD"),
      .call = {CALL(SYS_epoll_wait), CALL(SYS_epoll_pwait)}, .setup = setup, .run = run);
