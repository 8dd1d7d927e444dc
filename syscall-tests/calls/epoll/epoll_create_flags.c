/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sys/epoll.h>

#include "probe.h"

static int fds[2];

static void setup(void)
{
	SETUP_OK(pipe(fds));
	SETUP_EQ(write(fds[1], "x", 1), 1);
}

/* A set of its own, not another's. */
static void expect_set(int ep, uint32_t data)
{
	struct epoll_event set = {.events = EPOLLIN, .data.u32 = data}, ev = {0};

	EXPECT_OK(epoll_ctl(ep, EPOLL_CTL_ADD, fds[0], &set));
	EXPECT_EQ(epoll_wait(ep, &ev, 1, 0), 1);
	EXPECT_EQ(ev.data.u32, data);
}

static void run(void)
{
	int with = (int)REQUIRE_OK(syscall(SYS_epoll_create1, EPOLL_CLOEXEC));
	int without = (int)REQUIRE_OK(syscall(SYS_epoll_create1, 0));
	int old = (int)REQUIRE_OK(syscall(SYS_epoll_create, 1));

	EXPECT_EQ(fcntl(with, F_GETFD), FD_CLOEXEC);
	EXPECT_EQ(fcntl(without, F_GETFD), 0);
	EXPECT_EQ(fcntl(old, F_GETFD), 0);
	expect_set(with, 1);
	expect_set(without, 2);
	expect_set(old, 3);
}

PROBE(.promise = "epoll_create1 makes a set of its own that is closed by execve with "
		 "EPOLL_CLOEXEC, and is not without it nor from epoll_create",
      .source = "man 2 epoll_create",
      .covers = COVERS("epoll_create", "epoll_create1:EPOLL_CLOEXEC"),
      .call = {CALL(SYS_epoll_create), CALL(SYS_epoll_create1)}, .setup = setup, .run = run);
