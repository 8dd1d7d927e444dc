/* SPDX-License-Identifier: MIT */
#include <sys/epoll.h>

#include "probe.h"
#include "lib/ttypair.h"

static struct ttypair tty;
static int ep;

static void setup(void)
{
	struct epoll_event ev = {.events = EPOLLIN | EPOLLET, .data.u32 = 7};

	ttypair_open(&tty);
	ttypair_raw(&tty);
	ep = (int)SETUP_OK(epoll_create1(EPOLL_CLOEXEC));
	SETUP_OK(epoll_ctl(ep, EPOLL_CTL_ADD, tty.master, &ev));
}

static void expect_event(uint32_t events, const char *after)
{
	struct epoll_event ev = {0};

	REQUIRE(epoll_wait(ep, &ev, 1, patience_ms()) == 1, "no event came after %s", after);
	EXPECT_EQ(ev.data.u32, 7);
	EXPECT_EQ(ev.events & events, events);
}

static void run(void)
{
	struct epoll_event ev = {0};
	char buf[4] = "";

	EXPECT_EQ(epoll_wait(ep, &ev, 1, 0), 0);
	SETUP_EQ(write(tty.slave, "a", 1), 1);
	expect_event(EPOLLIN, "the first output");
	EXPECT_EQ(epoll_wait(ep, &ev, 1, 0), 0);
	SETUP_EQ(write(tty.slave, "b", 1), 1);
	expect_event(EPOLLIN, "more of it");
	SETUP_EQ(read_full(tty.master, buf, 2), 2);
	EXPECT_STR(buf, "ab");
	SETUP_OK(close(tty.slave));
	expect_event(EPOLLHUP, "the close of the last slave");
}

PROBE(.promise = "Edge-triggered, the master of a terminal is delivered once for each new output "
		 "and for the hangup: libuv and others read their shells so",
      .source = "man 7 epoll", .covers = COVERS("epoll_wait", "epoll_ctl:EPOLLET", "close:pts"),
      .needs = NEEDS("pty"), .call = {CALL(SYS_epoll_wait), CALL(SYS_epoll_pwait)}, .setup = setup,
      .run = run);
