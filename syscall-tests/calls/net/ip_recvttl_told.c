/* SPDX-License-Identifier: MIT */
#include "probe.h"
#include "lib/control.h"
#include "lib/netpair.h"

static int udp[2];

static void setup(void)
{
	udp_pair(udp);
}

static void run(void)
{
	int ttl = -1;

	REQUIRE_OK(opt_set(udp[0], IPPROTO_IP, IP_RECVTTL, 1));
	for (int sent = 1; sent < 256; sent += 254) {
		REQUIRE_OK(opt_set(udp[1], IPPROTO_IP, IP_TTL, sent));
		SETUP_EQ(send(udp[1], "hop", 3, 0), 3);
		REQUIRE(control_take(udp[0], "hop", IPPROTO_IP, IP_TTL, &ttl, sizeof(ttl)),
			"a datagram came without IP_TTL");
		EXPECT_EQ(ttl, sent);
	}
	EXPECT_ERRNO(opt_set(udp[1], IPPROTO_IP, IP_TTL, 256), EINVAL);
}

PROBE(.promise = "A datagram travels with the time to live that IP_TTL set, and IP_RECVTTL tells "
		 "it; traceroute counts by it",
      .source = "man 7 ip (IP_RECVTTL, IP_TTL)",
      .covers = COVERS("setsockopt:IP_RECVTTL", "setsockopt:IP_TTL"),
      .call = {CALL_SETSOCKOPT(IPPROTO_IP, IP_RECVTTL), CALL_SETSOCKOPT(IPPROTO_IP, IP_TTL)},
      .setup = setup, .run = run);
