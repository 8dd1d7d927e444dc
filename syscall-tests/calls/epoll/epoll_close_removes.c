/* SPDX-License-Identifier: MIT */
#include <sys/epoll.h>

#include "probe.h"

static int ep, fds[2], copy;

static void setup(void)
{
	struct epoll_event ev = {.events = EPOLLIN, .data.u32 = 7};

	ep = (int)SETUP_OK(epoll_create1(EPOLL_CLOEXEC));
	SETUP_OK(pipe(fds));
	copy = (int)SETUP_OK(dup(fds[0]));
	SETUP_EQ(write(fds[1], "x", 1), 1);
	SETUP_OK(epoll_ctl(ep, EPOLL_CTL_ADD, fds[0], &ev));
}

static void run(void)
{
	struct epoll_event ev = {0};

	REQUIRE_OK(close(fds[0]));
	/* The open file lives on in its copy, and so does the registration. */
	EXPECT_EQ(epoll_wait(ep, &ev, 1, 0), 1);
	EXPECT_EQ(ev.data.u32, 7);
	REQUIRE_OK(close(copy));
	EXPECT_EQ(epoll_wait(ep, &ev, 1, 0), 0);
}

PROBE(.promise = "A descriptor leaves the set when the last copy of it is closed, not before",
      .source = "man 7 epoll, questions and answers", .covers = COVERS("close", "epoll_wait"),
      .call = {CALL(SYS_close)}, .setup = setup, .run = run);
