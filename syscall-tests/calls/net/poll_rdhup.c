/* SPDX-License-Identifier: MIT */
#include <poll.h>

#include "probe.h"
#include "lib/netpair.h"

static int tcp[2];

static void setup(void)
{
	tcp_pair(tcp);
}

static int asked(int events)
{
	struct pollfd p = {.fd = tcp[0], .events = (short)events};

	REQUIRE_EQ(poll(&p, 1, 0), 1);
	return p.revents;
}

static void run(void)
{
	EXPECT_EQ(wait_events_ms(tcp[0], POLLIN | POLLRDHUP, 0), 0);
	SETUP_OK(shutdown(tcp[1], SHUT_WR));
	REQUIRE(wait_events(tcp[0], POLLIN) & POLLIN, "the end of the stream never came");
	EXPECT_EQ(asked(POLLIN), POLLIN);
	EXPECT_EQ(asked(POLLRDHUP), POLLRDHUP);
	EXPECT_EQ(asked(POLLIN | POLLOUT | POLLRDHUP), POLLIN | POLLOUT | POLLRDHUP);
	/* Now it is closed both ways. */
	SETUP_OK(shutdown(tcp[0], SHUT_WR));
	EXPECT_EQ(asked(POLLRDHUP) & (POLLHUP | POLLRDHUP), POLLHUP | POLLRDHUP);
}

PROBE(.promise = "When the peer ends its half, poll tells POLLRDHUP to who asks for it, and "
		 "POLLHUP only when both halves are closed",
      .source = "man 2 poll; man 2 epoll_ctl (EPOLLRDHUP)",
      .covers = COVERS("poll:POLLRDHUP", "poll:POLLHUP"), .call = {CALL(SYS_poll)}, .setup = setup,
      .run = run);
