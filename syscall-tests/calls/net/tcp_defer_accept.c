/* SPDX-License-Identifier: MIT */
#include <netinet/tcp.h>
#include <poll.h>

#include "probe.h"
#include "lib/netpair.h"

static struct sockaddr_in addr;
static int listener;

static void setup(void)
{
	listener = tcp_listener(4, &addr);
}

static void run(void)
{
	char c = 0;
	int fd, client;

	REQUIRE_OK(opt_set(listener, IPPROTO_TCP, TCP_DEFER_ACCEPT, 30));
	EXPECT(opt_get(listener, IPPROTO_TCP, TCP_DEFER_ACCEPT) > 0,
	       "the option reads back as not set");
	client = tcp_connected(&addr);
	EXPECT_EQ(wait_events_ms(listener, POLLIN, 10), 0);
	SETUP_EQ(write(client, "x", 1), 1);
	REQUIRE(wait_events(listener, POLLIN) & POLLIN, "with data the connection did not come");
	fd = (int)REQUIRE_OK(accept(listener, NULL, NULL));
	EXPECT_EQ(recv(fd, &c, 1, MSG_DONTWAIT), 1);
	EXPECT_EQ(c, 'x');
}

PROBE(.promise = "With TCP_DEFER_ACCEPT a connection is there to accept only when data has come; "
		 "nginx's "
		 "listen … deferred",
      .source = "man 7 tcp", .covers = COVERS("setsockopt:TCP_DEFER_ACCEPT"),
      .call = {CALL_SETSOCKOPT(IPPROTO_TCP, TCP_DEFER_ACCEPT)}, .setup = setup, .run = run);
