/* SPDX-License-Identifier: MIT */
#include <sys/epoll.h>
#include <sys/socket.h>

#include "probe.h"

static int ep, sv[2];

static void setup(void)
{
	struct epoll_event ev = {.events = EPOLLIN | EPOLLRDHUP | EPOLLET};

	ep = (int)SETUP_OK(epoll_create1(EPOLL_CLOEXEC));
	SETUP_OK(socketpair(AF_UNIX, SOCK_STREAM, 0, sv));
	SETUP_OK(epoll_ctl(ep, EPOLL_CTL_ADD, sv[0], &ev));
}

static void run(void)
{
	struct epoll_event ev = {0};

	EXPECT_EQ(epoll_wait(ep, &ev, 1, 0), 0);
	SETUP_OK(shutdown(sv[1], SHUT_WR));
	REQUIRE_EQ(epoll_wait(ep, &ev, 1, patience_ms()), 1);
	EXPECT_EQ(ev.events, EPOLLIN | EPOLLRDHUP);
	SETUP_OK(close(sv[1]));
	REQUIRE_EQ(epoll_wait(ep, &ev, 1, patience_ms()), 1);
	/* EPOLLHUP comes unasked. */
	EXPECT_EQ(ev.events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP), EPOLLIN | EPOLLRDHUP | EPOLLHUP);
}

PROBE(.promise = "When the peer stops writing EPOLLIN and EPOLLRDHUP are delivered, when it closes "
		 "EPOLLHUP as well",
      .source = "man 2 epoll_ctl", .covers = COVERS("epoll_ctl:EPOLLRDHUP", "epoll_wait"),
      .call = {CALL(SYS_epoll_wait), CALL(SYS_epoll_pwait)}, .setup = setup, .run = run);
