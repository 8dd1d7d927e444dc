/* SPDX-License-Identifier: MIT */
#include <poll.h>

#include "probe.h"
#include "lib/netpair.h"

static struct sockaddr_in addr;
static int listener, client;

static void setup(void)
{
	listener = tcp_listener(4, &addr);
	client = (int)SETUP_OK(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
	interrupt_when_late();
}

static void run(void)
{
	struct sockaddr_in own = loop4(0), peer = {0};
	socklen_t len = sizeof(own), peer_len = sizeof(peer);
	int server;

	own.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 4);
	REQUIRE_OK(bind(client, (struct sockaddr *)&own, sizeof(own)));
	SETUP_OK(getsockname(client, (struct sockaddr *)&own, &len));
	EXPECT_EQ(ntohl(own.sin_addr.s_addr), INADDR_LOOPBACK + 4);
	EXPECT(own.sin_port != 0, "bind to port 0 gave no port");
	REQUIRE_OK(connect(client, (struct sockaddr *)&addr, sizeof(addr)));
	REQUIRE(wait_events(listener, POLLIN) & POLLIN, "the connection did not come");
	server = (int)SETUP_OK(accept(listener, (struct sockaddr *)&peer, &peer_len));
	EXPECT_BYTES(&peer, &own, 8);
	expect_joined(client, server);
}

PROBE(.promise = "A client that is bound connects from the address and port it was bound to; ssh "
		 "-b and curl --interface do so",
      .source = "man 2 bind; POSIX.1-2017 bind, connect; RFC 1122 3.2.1.3",
      .covers = COVERS("bind:AF_INET", "connect:AF_INET"),
      .call = {CALL(SYS_bind), CALL(SYS_connect)}, .setup = setup, .run = run);
