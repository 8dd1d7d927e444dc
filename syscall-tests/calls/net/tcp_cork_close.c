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
	char buf[16] = "";

	REQUIRE_OK(opt_set(tcp[0], IPPROTO_TCP, TCP_CORK, 1));
	REQUIRE_EQ(opt_get(tcp[0], IPPROTO_TCP, TCP_CORK), 1);
	EXPECT_EQ(write(tcp[0], "head", 4), 4);
	EXPECT_EQ(write(tcp[0], "tail", 4), 4);
	SETUP_OK(close(tcp[0]));
	EXPECT_EQ(read_full(tcp[1], buf, sizeof(buf)), 8);
	EXPECT_STR(buf, "headtail");
	EXPECT(read_ended(tcp[1]), "the end of the stream never came");
}

PROBE(.promise = "What is held back by TCP_CORK is sent when the socket is closed",
      .source = "man 7 tcp; man 2 close", .covers = COVERS("setsockopt:TCP_CORK", "close"),
      .call = {CALL_SETSOCKOPT(IPPROTO_TCP, TCP_CORK)}, .setup = setup, .run = run);
