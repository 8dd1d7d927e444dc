/* SPDX-License-Identifier: MIT */
#include <netinet/tcp.h>
#include <poll.h>

#include "probe.h"
#include "lib/netpair.h"

/* Less than the 536 that everybody may send unasked. */
enum { LITTLE = 500 };

static struct sockaddr_in addr;
static int listener, client;

static void setup(void)
{
	listener = tcp_listener(4, &addr);
	client = (int)SETUP_OK(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

static void run(void)
{
	int server;

	REQUIRE_OK(opt_set(client, IPPROTO_TCP, TCP_MAXSEG, LITTLE));
	SETUP_OK(connect(client, (struct sockaddr *)&addr, sizeof(addr)));
	SETUP(wait_events(listener, POLLIN) & POLLIN, "a connection was not there to accept");
	server = (int)SETUP_OK(accept(listener, NULL, NULL));
	EXPECT_BETWEEN(opt_get(client, IPPROTO_TCP, TCP_MAXSEG), 1, LITTLE);
	EXPECT_BETWEEN(opt_get(server, IPPROTO_TCP, TCP_MAXSEG), 1, LITTLE);
}

PROBE(.promise = "TCP_MAXSEG before connecting bounds the segments of both directions: it is told "
		 "to the peer",
      .source = "man 7 tcp (TCP_MAXSEG); RFC 9293 3.7.1",
      .covers = COVERS("setsockopt:TCP_MAXSEG", "getsockopt:TCP_MAXSEG"),
      .call = {CALL_SETSOCKOPT(IPPROTO_TCP, TCP_MAXSEG)}, .setup = setup, .run = run);
