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
		struct epoll_event ev = {.events = EPOLLIN | EPOLLET, .data.u32 = (uint32_t)i};

		SETUP_OK(pipe(pipes[i]));
		SETUP_OK(epoll_ctl(ep, EPOLL_CTL_ADD, pipes[i][0], &ev));
		SETUP_EQ(write(pipes[i][1], "x", 1), 1);
	}
}

static void run(void)
{
	/* No room for a fourth event. */
	struct epoll_event *ev = guard_buf(AT_ONCE * sizeof(*ev));
	int seen[READY] = {0}, total = 0;

	for (int round = 0; round < READY && total < READY; round++) {
		int n = (int)REQUIRE_OK(epoll_wait(ep, ev, AT_ONCE, 0));

		REQUIRE(n > 0, "%d of %d ready descriptors delivered, then none", total, READY);
		REQUIRE(n <= AT_ONCE, "%d events delivered where %d fit", n, AT_ONCE);
		for (int i = 0; i < n; i++) {
			REQUIRE(ev[i].data.u32 < READY, "data is %u, which was never set",
				ev[i].data.u32);
			seen[ev[i].data.u32]++;
		}
		total += n;
	}
	for (int i = 0; i < READY; i++)
		EXPECT(seen[i] == 1, "descriptor %d of %d delivered %d times", i, READY, seen[i]);
	EXPECT_EQ(epoll_wait(ep, ev, AT_ONCE, 0), 0);
}

PROBE(.promise =
	      "Edge-triggered, more ready descriptors than maxevents are all delivered by further "
	      "waits, each once",
      .source = "man 2 epoll_wait; man 7 epoll",
      .covers = COVERS("epoll_wait", "epoll_wait:maxevents", "epoll_ctl:EPOLLET"),
      .call = {CALL(SYS_epoll_wait), CALL(SYS_epoll_pwait)}, .setup = setup, .run = run);
