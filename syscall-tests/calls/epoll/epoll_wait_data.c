/* SPDX-License-Identifier: MIT */
#include <sys/epoll.h>

#include "probe.h"

enum { PIPES = 6 };

static int ep, fds[PIPES][2];

static uint64_t data_of(int i)
{
	return 0x8000000100000001u * (uint64_t)(i + 1);
}

static void setup(void)
{
	ep = (int)SETUP_OK(epoll_create1(EPOLL_CLOEXEC));
	for (int i = 0; i < PIPES; i++) {
		struct epoll_event set = {.events = EPOLLIN, .data.u64 = data_of(i)};

		SETUP_OK(pipe(fds[i]));
		SETUP_OK(epoll_ctl(ep, EPOLL_CTL_ADD, fds[i][0], &set));
		SETUP_EQ(write(fds[i][1], "x", 1), 1);
	}
}

static void run(void)
{
	/* Twelve bytes each on x86-64, and not one more is written. */
	struct epoll_event *ev = guard_buf(PIPES * sizeof(*ev));
	unsigned seen = 0;

	REQUIRE_EQ(epoll_wait(ep, ev, PIPES, 0), PIPES);
	for (int i = 0; i < PIPES; i++) {
		EXPECT_EQ(ev[i].events, EPOLLIN);
		for (int k = 0; k < PIPES; k++)
			if (ev[i].data.u64 == data_of(k))
				seen |= 1u << k;
	}
	EXPECT(seen == (1u << PIPES) - 1,
	       "the 64 bits given with each of %d descriptors came back for those in %#x", PIPES,
	       seen);
}

PROBE(.promise = "epoll_wait gives with each event the 64 bits that were registered, and writes no "
		 "more than its array; servers keep a pointer there",
      .source = "man 2 epoll_ctl; man 2 epoll_wait",
      .covers = COVERS("epoll_wait", "epoll_wait:data"),
      .call = {CALL(SYS_epoll_wait), CALL(SYS_epoll_pwait)}, .setup = setup, .run = run);
