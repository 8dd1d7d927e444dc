/* SPDX-License-Identifier: MIT */
#include <poll.h>
#include <sys/epoll.h>

#include "probe.h"

static int inner, outer, fds[2];

static void setup(void)
{
	inner = (int)SETUP_OK(epoll_create1(EPOLL_CLOEXEC));
	outer = (int)SETUP_OK(epoll_create1(EPOLL_CLOEXEC));
	SETUP_OK(pipe(fds));
}

static void run(void)
{
	struct epoll_event set = {.events = EPOLLIN, .data.u32 = 7}, ev = {0};
	char c;

	REQUIRE_OK(epoll_ctl(inner, EPOLL_CTL_ADD, fds[0], &set));
	REQUIRE_OK(epoll_ctl(outer, EPOLL_CTL_ADD, inner, &set));
	EXPECT_ERRNO(epoll_ctl(inner, EPOLL_CTL_ADD, outer, &set), ELOOP);
	EXPECT_EQ(epoll_wait(outer, &ev, 1, 0), 0);
	EXPECT_EQ(wait_events_ms(inner, POLLIN, 0), 0);
	SETUP_EQ(write(fds[1], "x", 1), 1);
	EXPECT_EQ(wait_events_ms(inner, POLLIN, 0), POLLIN);
	EXPECT_EQ(epoll_wait(outer, &ev, 1, 0), 1);
	EXPECT_EQ(ev.data.u32, 7);
	SETUP_EQ(read(fds[0], &c, 1), 1);
	EXPECT_EQ(epoll_wait(outer, &ev, 1, 0), 0);
}

PROBE(.promise = "An epoll descriptor is readable, for poll and for another epoll, when it has "
		 "events to "
		 "deliver; a circle is ELOOP",
      .source = "man 7 epoll; man 2 epoll_ctl",
      .covers = COVERS("epoll_ctl:EPOLL_CTL_ADD", "epoll_create1"), .call = {CALL(SYS_epoll_ctl)},
      .setup = setup, .run = run);
