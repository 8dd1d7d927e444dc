/* SPDX-License-Identifier: MIT */
#include "probe.h"
#include "lib/control.h"
#include "lib/netpair.h"

static struct sockaddr_in addr;
static int fd, from;

static void setup(void)
{
	fd = udp_bound(&addr);
	from = (int)SETUP_OK(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
	SETUP_OK(connect(from, (struct sockaddr *)&addr, sizeof(addr)));
}

static void run(void)
{
	int ttl = -1;

	REQUIRE_OK(opt_set(fd, IPPROTO_IP, IP_RECVTTL, 1));
	for (int sent = 1; sent < 256; sent += 254) {
		REQUIRE_OK(opt_set(from, IPPROTO_IP, IP_TTL, sent));
		SETUP_EQ(send(from, "hop", 3, 0), 3);
		REQUIRE(control_take(fd, "hop", IPPROTO_IP, IP_TTL, &ttl, sizeof(ttl)),
			"a datagram came without IP_TTL");
		EXPECT_EQ(ttl, sent);
	}
	EXPECT_ERRNO(opt_set(from, IPPROTO_IP, IP_TTL, 256), EINVAL);
}

PROBE(.promise = "A datagram travels with the time to live that IP_TTL set, and IP_RECVTTL tells "
		 "it; traceroute counts by it",
      .source = "man 7 ip (IP_RECVTTL, IP_TTL)",
      .covers = COVERS("setsockopt:IP_RECVTTL", "setsockopt:IP_TTL"),
      .call = {CALL_SETSOCKOPT(IPPROTO_IP, IP_RECVTTL), CALL_SETSOCKOPT(IPPROTO_IP, IP_TTL)},
      .setup = setup, .run = run);
