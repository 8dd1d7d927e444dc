/* SPDX-License-Identifier: MIT */
#include <sys/epoll.h>

#include "probe.h"

static int ep, fds[2];

static void setup(void)
{
	struct epoll_event ev = {.events = EPOLLIN | EPOLLET, .data.u32 = 7};

	ep = (int)SETUP_OK(epoll_create1(EPOLL_CLOEXEC));
	SETUP_OK(pipe(fds));
	/* Ready when it is added: that counts as an edge. */
	SETUP_EQ(write(fds[1], "a", 1), 1);
	SETUP_OK(epoll_ctl(ep, EPOLL_CTL_ADD, fds[0], &ev));
}

static void run(void)
{
	struct epoll_event ev = {0}, again = {.events = EPOLLIN | EPOLLET, .data.u32 = 8};

	EXPECT_EQ(epoll_wait(ep, &ev, 1, 0), 1);
	EXPECT_EQ(ev.data.u32, 7);
	EXPECT_EQ(epoll_wait(ep, &ev, 1, 0), 0);
	SETUP_EQ(write(fds[1], "b", 1), 1);
	EXPECT_EQ(epoll_wait(ep, &ev, 1, 0), 1);
	/* MOD looks afresh. */
	SETUP_OK(epoll_ctl(ep, EPOLL_CTL_MOD, fds[0], &again));
	EXPECT_EQ(epoll_wait(ep, &ev, 1, 0), 1);
	EXPECT_EQ(ev.data.u32, 8);
	EXPECT_EQ(epoll_wait(ep, &ev, 1, 0), 0);
}

PROBE(.promise = "Edge-triggered, a descriptor is delivered once for new input, also when it was "
		 "ready "
		 "before it was added or modified",
      .source = "man 7 epoll",
      .covers = COVERS("epoll_wait", "epoll_ctl:EPOLLET", "epoll_ctl:EPOLL_CTL_MOD"),
      .call = {CALL(SYS_epoll_wait), CALL(SYS_epoll_pwait)}, .setup = setup, .run = run);
