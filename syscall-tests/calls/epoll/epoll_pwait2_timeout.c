/* SPDX-License-Identifier: MIT */
#include <sys/epoll.h>
#include <time.h>

#include "probe.h"

#ifndef SYS_epoll_pwait2
#define SYS_epoll_pwait2 441
#endif

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
	struct timespec wait = {.tv_nsec = 3000000};
	struct epoll_event ev;
	uint64_t start = now_us();

	EXPECT_EQ(syscall(SYS_epoll_pwait2, ep, &ev, 1, &wait, NULL, 0), 0);
	EXPECT(now_us() - start >= 3000, "it returned after %u us, 3000 were asked",
	       (unsigned)(now_us() - start));
	SETUP_EQ(write(fds[1], "x", 1), 1);
	EXPECT_EQ(syscall(SYS_epoll_pwait2, ep, &ev, 1, NULL, NULL, 0), 1);
	wait.tv_nsec = 1000000000;
	EXPECT_ERRNO(syscall(SYS_epoll_pwait2, ep, &ev, 1, &wait, NULL, 0), EINVAL);
}

PROBE(.promise = "epoll_pwait2 takes its time limit in nanoseconds, NULL for none",
      .source = "man 2 epoll_pwait2", .covers = COVERS("epoll_pwait2"),
      .call = {CALL(SYS_epoll_pwait2)}, .setup = setup, .run = run);
