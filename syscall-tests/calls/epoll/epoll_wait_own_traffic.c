/* SPDX-License-Identifier: MIT */
#include <sys/epoll.h>

#include "probe.h"
#include "lib/netpair.h"

static int ep, mine[2], other[2];

static void setup(void)
{
	struct epoll_event ev = {.events = EPOLLIN | EPOLLRDHUP | EPOLLET};
	char c;

	ep = (int)SETUP_OK(epoll_create1(EPOLL_CLOEXEC));
	tcp_pair(mine);
	tcp_pair(other);
	SETUP_OK(epoll_ctl(ep, EPOLL_CTL_ADD, mine[0], &ev));
	SETUP_EQ(write(mine[1], "ab", 2), 2);
	SETUP_EQ(read_full(mine[0], &c, 1), 1);
}

static void run(void)
{
	struct epoll_event ev = {0};
	char c;

	REQUIRE_EQ(epoll_wait(ep, &ev, 1, patience_ms()), 1);
	EXPECT_EQ(ev.events, EPOLLIN);
	for (int i = 0; i < 3; i++) {
		SETUP_EQ(write(other[1], "x", 1), 1);
		c = 0;
		SETUP_EQ(read_full(other[0], &c, 1), 1);
		SETUP_EQ(c, 'x');
		EXPECT(epoll_wait(ep, &ev, 1, 0) == 0,
		       "traffic on another connection delivered this one again");
	}
}

PROBE(.promise = "An edge-triggered connection with unread input is not delivered again because "
		 "another "
		 "connection has traffic",
      .source = "man 7 epoll", .covers = COVERS("epoll_ctl:EPOLLET", "epoll_wait"),
      .call = {CALL(SYS_epoll_wait), CALL(SYS_epoll_pwait)}, .setup = setup, .run = run);
