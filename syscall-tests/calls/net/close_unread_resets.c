/* SPDX-License-Identifier: MIT */
#include <poll.h>

#include "probe.h"
#include "lib/netpair.h"

static int tcp[2];

static void setup(void)
{
	tcp_pair(tcp);
	SETUP_EQ(write(tcp[1], "request", 7), 7);
	SETUP(wait_events(tcp[0], POLLIN) & POLLIN, "no data arrived");
	interrupt_when_late();
}

static void run(void)
{
	char c;

	REQUIRE_OK(close(tcp[0]));
	REQUIRE(wait_events(tcp[1], POLLIN) & (POLLIN | POLLERR), "the peer was told nothing");
	EXPECT_ERRNO(recv(tcp[1], &c, 1, 0), ECONNRESET);
}

PROBE(.promise = "Closing a connection with data unread resets it, so that the peer learns of the "
		 "loss; nginx lingers because of it",
      .source = "RFC 1122 4.2.2.13; RFC 2525 2.17; RFC 9293 3.6.1", .covers = COVERS("close"),
      .call = {CALL(SYS_close)}, .setup = setup, .run = run);
