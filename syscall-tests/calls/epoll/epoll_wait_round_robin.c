/* SPDX-License-Identifier: MIT */
#include <sys/epoll.h>

#include "probe.h"

enum { READY = 6, AT_ONCE = 2, ROUNDS = 2 };

static int ep, pipes[READY][2];

static void setup(void)
{
	ep = (int)SETUP_OK(epoll_create1(EPOLL_CLOEXEC));
	for (int i = 0; i < READY; i++) {
		struct epoll_event ev = {.events = EPOLLIN, .data.u32 = (uint32_t)i};

		SETUP_OK(pipe(pipes[i]));
		SETUP_EQ(write(pipes[i][1], "x", 1), 1);
		SETUP_OK(epoll_ctl(ep, EPOLL_CTL_ADD, pipes[i][0], &ev));
	}
}

static void run(void)
{
	struct epoll_event ev[AT_ONCE];
	int seen[READY] = {0};

	/* Nobody reads: all stay ready. */
	for (int i = 0; i < ROUNDS * READY; i += AT_ONCE) {
		REQUIRE_EQ(epoll_wait(ep, ev, AT_ONCE, 0), AT_ONCE);
		for (int k = 0; k < AT_ONCE; k++) {
			REQUIRE(ev[k].data.u32 < READY, "data is %u, which was never set",
				ev[k].data.u32);
			seen[ev[k].data.u32]++;
		}
	}
	for (int i = 0; i < READY; i++)
		EXPECT(seen[i] == ROUNDS,
		       "in %d events of %d ready descriptors, number %d came %d times",
		       ROUNDS * READY, READY, i, seen[i]);
}

PROBE(.promise = "More ready descriptors than maxevents take turns: one that is never read does "
		 "not keep the others from being served",
      .source = "man 2 epoll_wait (round robin)",
      .covers = COVERS("epoll_wait:maxevents", "epoll_wait"),
      .call = {CALL(SYS_epoll_wait), CALL(SYS_epoll_pwait)}, .setup = setup, .run = run);
