/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <sys/epoll.h>

#include "probe.h"

static int ep, fds[2];

static void setup(void)
{
	ep = (int)SETUP_OK(epoll_create1(EPOLL_CLOEXEC));
	SETUP_OK(pipe(fds));
	SETUP_EQ(write(fds[1], "ab", 2), 2);
}

static void run(void)
{
	struct epoll_event set = {.events = EPOLLIN | EPOLLONESHOT, .data.u32 = 7}, ev = {0};
	char all[8];

	REQUIRE_OK(epoll_ctl(ep, EPOLL_CTL_ADD, fds[0], &set));
	EXPECT_EQ(epoll_wait(ep, &ev, 1, 0), 1);
	EXPECT_EQ(ev.data.u32, 7);
	SETUP_EQ(write(fds[1], "c", 1), 1);
	EXPECT_EQ(epoll_wait(ep, &ev, 1, 0), 0);
	EXPECT_ERRNO(epoll_ctl(ep, EPOLL_CTL_ADD, fds[0], &set), EEXIST);
	set.data.u32 = 8;
	REQUIRE_OK(epoll_ctl(ep, EPOLL_CTL_MOD, fds[0], &set));
	EXPECT_EQ(epoll_wait(ep, &ev, 1, 0), 1);
	EXPECT_EQ(ev.data.u32, 8);
	EXPECT_EQ(epoll_wait(ep, &ev, 1, 0), 0);
	SETUP_EQ(read(fds[0], all, sizeof(all)), 3);
	SETUP_EQ(memcmp(all, "abc", 3), 0);
}

PROBE(.promise = "With EPOLLONESHOT a descriptor is delivered once and stays silent, though still "
		 "registered, until EPOLL_CTL_MOD arms it again",
      .source = "man 2 epoll_ctl",
      .covers = COVERS("epoll_ctl:EPOLLONESHOT", "epoll_ctl:EPOLL_CTL_MOD"),
      .call = {CALL(SYS_epoll_ctl)}, .setup = setup, .run = run);
