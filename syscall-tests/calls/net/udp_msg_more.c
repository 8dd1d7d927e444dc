/* SPDX-License-Identifier: MIT */
#include <poll.h>

#include "probe.h"
#include "lib/netpair.h"

static int udp[2];

static void setup(void)
{
	udp_pair(udp);
}

static void run(void)
{
	char buf[16] = "";

	REQUIRE_EQ(send(udp[1], "head", 4, MSG_MORE), 4);
	REQUIRE_EQ(send(udp[1], "er", 2, MSG_MORE), 2);
	EXPECT_EQ(wait_events_ms(udp[0], POLLIN, 2), 0);
	REQUIRE_EQ(send(udp[1], "tail", 4, 0), 4);
	REQUIRE(wait_events(udp[0], POLLIN) & POLLIN, "nothing came");
	EXPECT_EQ(recv(udp[0], buf, sizeof(buf) - 1, MSG_DONTWAIT), 10);
	EXPECT_STR(buf, "headertail");
}

PROBE(.promise = "What is sent over UDP with MSG_MORE goes out as one datagram with the send that "
		 "has no such flag",
      .source = "man 2 send (MSG_MORE); man 7 udp", .covers = COVERS("sendto:MSG_MORE"),
      .call = {CALL(SYS_sendto)}, .setup = setup, .run = run);
