/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "probe.h"
#include "lib/netpair.h"

static int ep, listener;
static struct sockaddr_in addr;

static void setup(void)
{
	struct epoll_event ev = {.events = EPOLLIN | EPOLLET};

	listener = tcp_listener(16, &addr);
	SETUP_OK(fcntl(listener, F_SETFL, O_NONBLOCK));
	ep = (int)SETUP_OK(epoll_create1(EPOLL_CLOEXEC));
	SETUP_OK(epoll_ctl(ep, EPOLL_CTL_ADD, listener, &ev));
	for (int i = 0; i < 3; i++)
		tcp_connected(&addr);
}

static int accept_all(void)
{
	int fd, n = 0;

	for (; (fd = accept(listener, NULL, NULL)) >= 0; n++)
		EXPECT_EQ(opt_get(fd, SOL_SOCKET, SO_TYPE), SOCK_STREAM);
	EXPECT(errno == EAGAIN, "after %d connections accept failed with %s, expected EAGAIN", n,
	       errno_name(errno));
	return n;
}

static void run(void)
{
	struct epoll_event ev = {0};
	int n = 0;

	REQUIRE_EQ(epoll_wait(ep, &ev, 1, patience_ms()), 1);
	EXPECT_EQ(ev.events, EPOLLIN);
	EXPECT(EVENTUALLY((n += accept_all()) == 3), "%d of 3 connections were accepted", n);
	/* Late edges of the three are gone now. */
	while (epoll_wait(ep, &ev, 1, 0) == 1)
		EXPECT_EQ(accept_all(), 0);
	tcp_connected(&addr);
	REQUIRE_EQ(epoll_wait(ep, &ev, 1, patience_ms()), 1);
	EXPECT(EVENTUALLY(accept_all() == 1), "the fourth connection was not accepted");
}

PROBE(.promise = "A listening socket, edge-triggered, is delivered for new connections, and accept "
		 "takes "
		 "them all until EAGAIN",
      .source = "man 7 epoll; man 2 accept",
      .covers = COVERS("epoll_wait", "accept", "epoll_ctl:EPOLLET"),
      .call = {CALL(SYS_epoll_wait), CALL(SYS_epoll_pwait)}, .setup = setup, .run = run);
