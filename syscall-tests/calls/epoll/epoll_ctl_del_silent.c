/* SPDX-License-Identifier: MIT */
#include <sys/epoll.h>

#include "probe.h"

static int ep, gone[2], kept[2];

static void add(int fd, uint32_t data)
{
	struct epoll_event ev = {.events = EPOLLIN, .data.u32 = data};

	SETUP_OK(epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev));
}

static void setup(void)
{
	ep = (int)SETUP_OK(epoll_create1(EPOLL_CLOEXEC));
	SETUP_OK(pipe(gone));
	SETUP_OK(pipe(kept));
	add(gone[0], 1);
	add(kept[0], 2);
	/* Both are ready, and their events wait to be fetched. */
	SETUP_EQ(write(gone[1], "x", 1), 1);
	SETUP_EQ(write(kept[1], "x", 1), 1);
}

static void run(void)
{
	char both[4] = "";
	struct epoll_event ev[2] = {{0}}, again = {.events = EPOLLIN, .data.u32 = 3};

	REQUIRE_OK(epoll_ctl(ep, EPOLL_CTL_DEL, gone[0], NULL));
	REQUIRE_EQ(epoll_wait(ep, ev, 2, 0), 1);
	EXPECT_EQ(ev[0].data.u32, 2);
	/* New input is no news either. */
	SETUP_EQ(write(gone[1], "y", 1), 1);
	EXPECT_EQ(epoll_wait(ep, ev, 2, 0), 1);
	EXPECT_EQ(ev[0].data.u32, 2);
	REQUIRE_OK(epoll_ctl(ep, EPOLL_CTL_ADD, gone[0], &again));
	EXPECT_EQ(epoll_wait(ep, ev, 2, 0), 2);
	EXPECT_EQ(ev[0].data.u32 + ev[1].data.u32, 5);
	SETUP_EQ(read(gone[0], both, sizeof(both)), 2);
	SETUP_EQ(both[1], 'y');
}

PROBE(.promise = "A descriptor removed from the set is delivered no more, not even for what was "
		 "ready before; added again, it is",
      .source = "man 2 epoll_ctl (EPOLL_CTL_DEL); man 7 epoll",
      .covers = COVERS("epoll_ctl:EPOLL_CTL_DEL", "epoll_ctl:EPOLL_CTL_ADD"),
      .call = {CALL(SYS_epoll_ctl)}, .setup = setup, .run = run);
