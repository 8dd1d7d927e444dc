/* SPDX-License-Identifier: MIT */
#include <sys/epoll.h>

#include "probe.h"

enum { ROUNDS = 20 };

static int ep, ping[2], pong[2], late[2];

static void setup(void)
{
	struct epoll_event ev = {.events = EPOLLIN | EPOLLET, .data.fd = 0};

	ep = (int)SETUP_OK(epoll_create1(EPOLL_CLOEXEC));
	SETUP_OK(pipe(ping));
	SETUP_OK(pipe(pong));
	SETUP_OK(pipe(late));
	ev.data.fd = ping[0];
	SETUP_OK(epoll_ctl(ep, EPOLL_CTL_ADD, ping[0], &ev));
}

/* Writes as soon as the other side is about to wait again; adds a ready pipe at the end. */
static void writer(void *arg)
{
	struct epoll_event ev = {.events = EPOLLIN, .data.fd = late[0]};
	char c = 0;

	for (int i = 0; i < ROUNDS; i++) {
		SETUP_EQ(write(ping[1], "x", 1), 1);
		SETUP_EQ(read_full(pong[0], &c, 1), 1);
	}
	SETUP_EQ(write(late[1], "x", 1), 1);
	SETUP_OK(epoll_ctl(ep, EPOLL_CTL_ADD, late[0], &ev));
}

static void run(void)
{
	pid_t pid = child_start(writer, NULL);
	struct epoll_event ev = {0};
	char c;

	for (int i = 0; i < ROUNDS; i++) {
		int n = (int)REQUIRE_OK(epoll_wait(ep, &ev, 1, patience_ms()));

		REQUIRE(n == 1, "wakeup %d of %d never came", i + 1, ROUNDS);
		c = 0;
		SETUP_EQ(read(ping[0], &c, 1), 1);
		SETUP_EQ(c, 'x');
		SETUP_EQ(write(pong[1], "x", 1), 1);
	}
	REQUIRE(epoll_wait(ep, &ev, 1, patience_ms()) == 1,
		"a ready descriptor added while waiting did not wake the waiter");
	EXPECT_EQ(ev.data.fd, late[0]);
	child_end(pid);
}

PROBE(.promise = "A process blocked in epoll_wait is woken by each event of another process, also "
		 "by a "
		 "ready descriptor added meanwhile",
      .source = "man 2 epoll_wait; man 7 epoll",
      .covers = COVERS("epoll_wait", "epoll_ctl:EPOLL_CTL_ADD"),
      .call = {CALL(SYS_epoll_wait), CALL(SYS_epoll_pwait)}, .setup = setup, .run = run);
