/* SPDX-License-Identifier: MIT */
#include <sys/epoll.h>

#include "probe.h"

static int ep, fds[2];

static void setup(void)
{
	struct epoll_event ev = {.events = EPOLLIN};

	ep = (int)SETUP_OK(epoll_create1(EPOLL_CLOEXEC));
	SETUP_OK(pipe(fds));
	SETUP_OK(epoll_ctl(ep, EPOLL_CTL_ADD, fds[0], &ev));
}

static void run(void)
{
	struct epoll_event ev;
	uint64_t start = now_us();

	EXPECT_EQ(epoll_wait(ep, &ev, 1, 0), 0);
	EXPECT_EQ(epoll_wait(ep, &ev, 1, 5), 0);
	EXPECT(now_us() - start >= 5000, "it returned after %u us, 5000 were asked",
	       (unsigned)(now_us() - start));
	EXPECT_ERRNO(epoll_wait(ep, &ev, 0, 0), EINVAL);
	EXPECT_ERRNO(epoll_wait(ep, &ev, -1, 0), EINVAL);
	EXPECT_ERRNO(epoll_wait(fds[0], &ev, 1, 0), EINVAL);
	EXPECT_ERRNO(epoll_wait(999, &ev, 1, 0), EBADF);
	SETUP_EQ(write(fds[1], "x", 1), 1);
	EXPECT_EQ(epoll_wait(ep, &ev, 1, -1), 1);
}

PROBE(.promise = "epoll_wait never returns before its time limit without an event, and refuses "
		 "maxevents "
		 "below 1 and what is no epoll",
      .source = "man 2 epoll_wait", .covers = COVERS("epoll_wait"),
      .call = {CALL(SYS_epoll_wait), CALL(SYS_epoll_pwait)}, .setup = setup, .run = run);
