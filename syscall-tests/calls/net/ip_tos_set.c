/* SPDX-License-Identifier: MIT */
#include <netinet/ip.h>

#include "probe.h"
#include "lib/netpair.h"

static int tcp[2];

static void setup(void)
{
	tcp_pair(tcp);
}

static void run(void)
{
	EXPECT_EQ(opt_get(tcp[0], IPPROTO_IP, IP_TOS), 0);
	REQUIRE_OK(opt_set(tcp[0], IPPROTO_IP, IP_TOS, IPTOS_LOWDELAY));
	EXPECT_EQ(opt_get(tcp[0], IPPROTO_IP, IP_TOS), IPTOS_LOWDELAY);
	/* af21, what sshd sets for a shell. */
	REQUIRE_OK(opt_set(tcp[0], IPPROTO_IP, IP_TOS, 0x48));
	EXPECT_EQ(opt_get(tcp[0], IPPROTO_IP, IP_TOS), 0x48);
	EXPECT_EQ(opt_get(tcp[0], IPPROTO_IP, IP_TTL), 64);
	REQUIRE_OK(opt_set(tcp[0], IPPROTO_IP, IP_TTL, 7));
	EXPECT_EQ(opt_get(tcp[0], IPPROTO_IP, IP_TTL), 7);
	EXPECT_ERRNO(opt_set(tcp[0], IPPROTO_IP, IP_TTL, 256), EINVAL);
}

PROBE(.promise = "Type of service and time to live of a connection are kept as set; sshd sets the "
		 "former",
      .source = "man 7 ip", .covers = COVERS("setsockopt:IP_TOS", "setsockopt:IP_TTL"),
      .call = {CALL_SETSOCKOPT(IPPROTO_IP, IP_TOS)}, .setup = setup, .run = run);
