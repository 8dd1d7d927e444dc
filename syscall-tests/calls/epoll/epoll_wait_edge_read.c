/* SPDX-License-Identifier: MIT */
#include <sys/epoll.h>

#include "probe.h"

static int ep, fds[2];

static void setup(void)
{
	struct epoll_event ev = {.events = EPOLLIN | EPOLLET, .data.u32 = 7};

	ep = (int)SETUP_OK(epoll_create1(EPOLL_CLOEXEC));
	SETUP_OK(pipe(fds));
	SETUP_OK(epoll_ctl(ep, EPOLL_CTL_ADD, fds[0], &ev));
	SETUP_EQ(write(fds[1], "abc", 3), 3);
}

static void run(void)
{
	struct epoll_event ev = {0};
	char c = 0;

	REQUIRE_EQ(epoll_wait(ep, &ev, 1, 0), 1);
	EXPECT_EQ(ev.data.u32, 7);
	SETUP_EQ(read(fds[0], &c, 1), 1);
	SETUP_EQ(c, 'a');
	/* Two bytes are left, but nothing new came. */
	EXPECT_EQ(epoll_wait(ep, &ev, 1, 0), 0);
	SETUP_EQ(write(fds[1], "d", 1), 1);
	EXPECT_EQ(epoll_wait(ep, &ev, 1, 0), 1);
}

PROBE(.promise = "Edge-triggered, reading a part of the input is no event, though the rest is "
		 "there to read",
      .source = "man 7 epoll, level-triggered and edge-triggered",
      .covers = COVERS("epoll_wait", "epoll_ctl:EPOLLET"),
      .call = {CALL(SYS_epoll_wait), CALL(SYS_epoll_pwait)}, .setup = setup, .run = run);
