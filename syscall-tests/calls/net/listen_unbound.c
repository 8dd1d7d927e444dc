/* SPDX-License-Identifier: MIT */
#include <poll.h>

#include "probe.h"
#include "lib/netpair.h"

static int fd;

static void setup(void)
{
	fd = (int)SETUP_OK(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

static void run(void)
{
	struct sockaddr_in addr = {0};
	socklen_t len = sizeof(addr);
	int client, server;

	REQUIRE_OK(listen(fd, 4));
	SETUP_OK(getsockname(fd, (struct sockaddr *)&addr, &len));
	EXPECT_EQ(addr.sin_family, AF_INET);
	EXPECT_EQ(ntohl(addr.sin_addr.s_addr), INADDR_ANY);
	REQUIRE(addr.sin_port != 0, "listening, the socket has no port");
	addr = loop4(ntohs(addr.sin_port));
	client = tcp_connected(&addr);
	REQUIRE(wait_events(fd, POLLIN) & POLLIN, "a connection did not reach it");
	server = (int)SETUP_OK(accept(fd, NULL, NULL));
	expect_joined(client, server);
}

PROBE(.promise = "A socket that listens without having been bound gets a port of its own, on all "
		 "addresses",
      .source = "man 7 ip (listen on an unbound socket)", .covers = COVERS("listen"),
      .call = {CALL(SYS_listen)}, .setup = setup, .run = run);
