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
	static const int names[] = {TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT, TCP_USER_TIMEOUT};
	static const int values[] = {60, 7, 4, 12345};

	EXPECT_EQ(opt_get(tcp[0], SOL_SOCKET, SO_KEEPALIVE), 0);
	REQUIRE_OK(opt_set(tcp[0], SOL_SOCKET, SO_KEEPALIVE, 1));
	EXPECT_EQ(opt_get(tcp[0], SOL_SOCKET, SO_KEEPALIVE), 1);
	for (int i = 0; i < 4; i++) {
		REQUIRE_OK(opt_set(tcp[0], IPPROTO_TCP, names[i], values[i]));
		EXPECT_EQ(opt_get(tcp[0], IPPROTO_TCP, names[i]), values[i]);
	}
	EXPECT_ERRNO(opt_set(tcp[0], IPPROTO_TCP, TCP_KEEPIDLE, 0), EINVAL);
	EXPECT_ERRNO(opt_set(tcp[0], IPPROTO_TCP, TCP_KEEPCNT, 1000), EINVAL);
	EXPECT_EQ(opt_get(tcp[0], IPPROTO_TCP, TCP_KEEPCNT), 4);
}

PROBE(.promise = "Keep-alive and its three times, and the user time limit, are kept as set, and "
		 "values out "
		 "of range refused",
      .source = "man 7 tcp; man 7 socket",
      .covers = COVERS("setsockopt:SO_KEEPALIVE", "setsockopt:TCP_KEEPIDLE",
		       "setsockopt:TCP_KEEPINTVL", "setsockopt:TCP_KEEPCNT",
		       "setsockopt:TCP_USER_TIMEOUT"),
      .call = {CALL_SETSOCKOPT(SOL_SOCKET, SO_KEEPALIVE),
	       CALL_SETSOCKOPT(IPPROTO_TCP, TCP_KEEPIDLE)},
      .setup = setup, .run = run);
