/* SPDX-License-Identifier: MIT */
#include <sys/epoll.h>

#include "probe.h"

#ifndef EPOLLEXCLUSIVE
#define EPOLLEXCLUSIVE (1u << 28)
#endif

static int ep[2], fds[2];

static void setup(void)
{
	for (int i = 0; i < 2; i++)
		ep[i] = (int)SETUP_OK(epoll_create1(EPOLL_CLOEXEC));
	SETUP_OK(pipe(fds));
}

static void run(void)
{
	struct epoll_event bad = {.events = EPOLLIN | EPOLLEXCLUSIVE | EPOLLONESHOT};
	struct epoll_event nested = {.events = EPOLLIN | EPOLLEXCLUSIVE};
	struct epoll_event set = {.events = EPOLLIN | EPOLLEXCLUSIVE, .data.u32 = 7}, ev;
	int woken = 0;

	EXPECT_ERRNO(epoll_ctl(ep[0], EPOLL_CTL_ADD, fds[0], &bad), EINVAL);
	EXPECT_ERRNO(epoll_ctl(ep[0], EPOLL_CTL_ADD, ep[1], &nested), EINVAL);
	for (int i = 0; i < 2; i++)
		REQUIRE_OK(epoll_ctl(ep[i], EPOLL_CTL_ADD, fds[0], &set));
	EXPECT_ERRNO(epoll_ctl(ep[0], EPOLL_CTL_MOD, fds[0], &set), EINVAL);
	SETUP_EQ(write(fds[1], "x", 1), 1);
	for (int i = 0; i < 2; i++) {
		ev.data.u32 = 0;
		woken += epoll_wait(ep[i], &ev, 1, 0) == 1 && ev.data.u32 == 7;
	}
	EXPECT(woken >= 1, "none of two exclusive waiters is told");
}

PROBE(.promise =
	      "EPOLLEXCLUSIVE tells at least one of several waiters; it cannot be modified, nor be "
	      "combined with EPOLLONESHOT or a nested epoll (EINVAL)",
      .source = "man 2 epoll_ctl", .covers = COVERS("epoll_ctl:EPOLLEXCLUSIVE"),
      .call = {CALL(SYS_epoll_ctl)}, .setup = setup, .run = run);
