/* SPDX-License-Identifier: MIT */
#include <sys/epoll.h>

#include "probe.h"

static int in[2], out[2], ep;

static void setup(void)
{
	SETUP_OK(pipe(in));
	SETUP_OK(pipe(out));
	ep = (int)SETUP_OK(epoll_create1(EPOLL_CLOEXEC));
}

static void run(void)
{
	struct epoll_event of_in = {.events = 0, .data.u32 = 1},
			   of_out = {.events = 0, .data.u32 = 2};
	struct epoll_event ev[2] = {{0}};

	REQUIRE_OK(epoll_ctl(ep, EPOLL_CTL_ADD, in[0], &of_in));
	REQUIRE_OK(epoll_ctl(ep, EPOLL_CTL_ADD, out[1], &of_out));
	EXPECT_EQ(epoll_wait(ep, ev, 2, 0), 0);
	SETUP_OK(close(in[1]));
	EXPECT_EQ(epoll_wait(ep, ev, 2, 0), 1);
	EXPECT_EQ(ev[0].data.u32, 1);
	EXPECT_EQ(ev[0].events, EPOLLHUP);
	SETUP_OK(close(out[0]));
	EXPECT_EQ(epoll_wait(ep, ev, 2, 0), 2);
	EXPECT_EQ(ev[0].events | ev[1].events, EPOLLHUP | EPOLLERR);
	EXPECT_EQ(ev[0].data.u32 + ev[1].data.u32, 3);
}

PROBE(.promise = "EPOLLHUP and EPOLLERR are told without being asked for, here when the other end "
		 "of a pipe is closed",
      .source = "man 2 epoll_ctl", .covers = COVERS("epoll_wait:EPOLLHUP", "epoll_wait:EPOLLERR"),
      .call = {CALL(SYS_epoll_wait), CALL(SYS_epoll_pwait)}, .setup = setup, .run = run);
