/* SPDX-License-Identifier: MIT */
#include <netinet/tcp.h>
#include <poll.h>

#include "probe.h"
#include "lib/netpair.h"

enum { CEILING_US = 200000 };

static int tcp[2];

static void setup(void)
{
	tcp_pair(tcp);
}

static void run(void)
{
	uint64_t start = now_us();
	char buf[16] = "";
	int early;

	REQUIRE_OK(opt_set(tcp[0], IPPROTO_TCP, TCP_CORK, 1));
	EXPECT_EQ(write(tcp[0], "head", 4), 4);
	early = wait_events_ms(tcp[1], POLLIN, 10);
	/* After 200 ms the kernel may send anyway, and a slow machine may have taken that long. */
	EXPECT(early == 0 || now_us() - start >= CEILING_US,
	       "%u us after it was written, corked data had arrived", (unsigned)(now_us() - start));
	EXPECT_EQ(write(tcp[0], "tail", 4), 4);
	REQUIRE_OK(opt_set(tcp[0], IPPROTO_TCP, TCP_CORK, 0));
	EXPECT_EQ(read_full(tcp[1], buf, 8), 8);
	EXPECT_STR(buf, "headtail");
}

PROBE(.promise = "TCP_CORK holds partial segments back for up to 200 ms, and sends them when it is "
		 "cleared; "
		 "nginx's tcp_nopush",
      .source = "man 7 tcp", .covers = COVERS("setsockopt:TCP_CORK"),
      .call = {CALL_SETSOCKOPT(IPPROTO_TCP, TCP_CORK)}, .setup = setup, .run = run);
