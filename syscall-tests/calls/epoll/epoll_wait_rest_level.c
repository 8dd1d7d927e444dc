/* SPDX-License-Identifier: MIT */
#include <sys/epoll.h>

#include "probe.h"

enum { READY = 10, AT_ONCE = 3 };

static int ep;
static int pipes[READY][2];

static void setup(void)
{
	ep = (int)SETUP_OK(epoll_create1(EPOLL_CLOEXEC));
	for (int i = 0; i < READY; i++) {
		struct epoll_event ev = {.events = EPOLLIN, .data.u32 = (uint32_t)i};

		SETUP_OK(pipe(pipes[i]));
		SETUP_OK(epoll_ctl(ep, EPOLL_CTL_ADD, pipes[i][0], &ev));
		SETUP_EQ(write(pipes[i][1], "x", 1), 1);
	}
}

static void run(void)
{
	int seen[READY] = {0}, total = 0;
	struct epoll_event ev[AT_ONCE];
	char c;

	for (int round = 0; round < READY && total < READY; round++) {
		int n = (int)REQUIRE_OK(epoll_wait(ep, ev, AT_ONCE, 0));

		REQUIRE(n > 0, "%d of %d ready descriptors delivered, then none", total, READY);
		REQUIRE(n <= AT_ONCE, "%d events delivered where %d fit", n, AT_ONCE);
		for (int i = 0; i < n; i++) {
			uint32_t which = ev[i].data.u32;

			REQUIRE(which < READY, "data is %u, which was never set", which);
			seen[which]++;
			EXPECT_EQ(read(pipes[which][0], &c, 1), 1);
		}
		total += n;
	}
	for (int i = 0; i < READY; i++)
		EXPECT(seen[i] == 1, "descriptor %d of %d delivered %d times", i, READY, seen[i]);
	EXPECT_EQ(epoll_wait(ep, ev, AT_ONCE, 0), 0);
}

PROBE(.promise = "When more descriptors are ready than maxevents, successive epoll_wait calls "
		 "deliver all of them",
      .source = "man 2 epoll_wait",
      .covers = COVERS("epoll_wait", "epoll_wait:maxevents", "epoll_ctl:EPOLL_CTL_ADD"),
      .call = {CALL(SYS_epoll_wait), CALL(SYS_epoll_pwait)}, .setup = setup, .run = run);
