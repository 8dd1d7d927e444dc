/* SPDX-License-Identifier: MIT */
#include <netinet/tcp.h>

#include "probe.h"
#include "lib/netpair.h"

enum { ESTABLISHED = 1, CLOSE_WAIT = 8, LISTEN = 10 };

static int tcp[2], listener;

static void setup(void)
{
	struct sockaddr_in addr;

	tcp_pair(tcp);
	listener = tcp_listener(4, &addr);
}

static int state_of(int fd)
{
	struct tcp_info info = {.tcpi_state = 77};
	socklen_t len = sizeof(info);

	REQUIRE_OK(getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len));
	return info.tcpi_state;
}

static void run(void)
{
	EXPECT_EQ(state_of(listener), LISTEN);
	EXPECT_EQ(state_of(tcp[0]), ESTABLISHED);
	SETUP_OK(close(tcp[1]));
	EXPECT(EVENTUALLY(state_of(tcp[0]) == CLOSE_WAIT), "after the peer closed the state is %d",
	       state_of(tcp[0]));
}

PROBE(.promise = "TCP_INFO tells the state of a connection", .source = "man 7 tcp",
      .covers = COVERS("getsockopt:TCP_INFO"), .call = {CALL_GETSOCKOPT(IPPROTO_TCP, TCP_INFO)},
      .setup = setup, .run = run);
