/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "probe.h"

static int ep, sv[2];
static char chunk[4096];

static void setup(void)
{
	int small = 8192;

	ep = (int)SETUP_OK(epoll_create1(EPOLL_CLOEXEC));
	SETUP_OK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, sv));
	setsockopt(sv[0], SOL_SOCKET, SO_SNDBUF, &small, sizeof(small));
}

static void run(void)
{
	struct epoll_event set = {.events = EPOLLOUT | EPOLLET}, ev = {0};
	long sent = 0, got = 0, n;

	SETUP_OK(epoll_ctl(ep, EPOLL_CTL_ADD, sv[0], &set));
	EXPECT_EQ(epoll_wait(ep, &ev, 1, 0), 1);
	EXPECT_EQ(ev.events, EPOLLOUT);
	while ((n = write(sv[0], chunk, sizeof(chunk))) > 0 && sent < 4 << 20)
		sent += n;
	SETUP(n == -1 && errno == EAGAIN, "filling the socket ended with %s", errno_name(errno));
	EXPECT_EQ(epoll_wait(ep, &ev, 1, 0), 0);
	while ((n = read(sv[1], chunk, sizeof(chunk))) > 0)
		got += n;
	SETUP(n == -1 && errno == EAGAIN, "emptying the socket ended with %s", errno_name(errno));
	EXPECT_EQ(got, sent);
	REQUIRE_EQ(epoll_wait(ep, &ev, 1, patience_ms()), 1);
	EXPECT_EQ(ev.events, EPOLLOUT);
	EXPECT_EQ(write(sv[0], chunk, 1), 1);
}

PROBE(.promise =
	      "A full socket is not writable, and edge-triggered EPOLLOUT comes when room returns",
      .source = "man 7 epoll; man 2 epoll_ctl",
      .covers = COVERS("epoll_ctl:EPOLLOUT", "epoll_ctl:EPOLLET"),
      .call = {CALL(SYS_epoll_wait), CALL(SYS_epoll_pwait)}, .setup = setup, .run = run);
