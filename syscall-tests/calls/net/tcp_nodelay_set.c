/* SPDX-License-Identifier: MIT */
#include <netinet/tcp.h>

#include "probe.h"
#include "lib/netpair.h"

static int tcp[2];

static void setup(void)
{
	tcp_pair(tcp);
}

static void run(void)
{
	char value[8] = "";
	socklen_t len = 2;

	EXPECT_EQ(opt_get(tcp[0], IPPROTO_TCP, TCP_NODELAY), 0);
	REQUIRE_OK(opt_set(tcp[0], IPPROTO_TCP, TCP_NODELAY, 1));
	EXPECT_EQ(opt_get(tcp[0], IPPROTO_TCP, TCP_NODELAY), 1);
	EXPECT_EQ(opt_get(tcp[1], IPPROTO_TCP, TCP_NODELAY), 0);
	/* Any number but 0 is yes. */
	REQUIRE_OK(opt_set(tcp[1], IPPROTO_TCP, TCP_NODELAY, 5));
	EXPECT_EQ(opt_get(tcp[1], IPPROTO_TCP, TCP_NODELAY), 1);
	REQUIRE_OK(opt_set(tcp[0], IPPROTO_TCP, TCP_NODELAY, 0));
	EXPECT_EQ(opt_get(tcp[0], IPPROTO_TCP, TCP_NODELAY), 0);
	EXPECT_OK(getsockopt(tcp[1], IPPROTO_TCP, TCP_NODELAY, value, &len));
	EXPECT_EQ(len, 2);
	EXPECT_EQ(value[2], 0);
}

PROBE(.promise = "TCP_NODELAY is a truth value of one socket, read back in as many bytes as there "
		 "is room for",
      .source = "man 7 tcp; man 2 setsockopt",
      .covers = COVERS("setsockopt:TCP_NODELAY", "getsockopt:TCP_NODELAY"),
      .call = {CALL_SETSOCKOPT(IPPROTO_TCP, TCP_NODELAY)}, .setup = setup, .run = run);
