/* SPDX-License-Identifier: MIT */
#include <arpa/inet.h>
#include <poll.h>

#include "probe.h"
#include "lib/netpair.h"

static struct sockaddr_in6 addr;
static int listener, client;

static void setup(void)
{
	struct sockaddr_in6 any_port = loop6(0);
	socklen_t len = sizeof(addr);

	listener = (int)SETUP_OK(socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
	SETUP_OK(bind(listener, (struct sockaddr *)&any_port, sizeof(any_port)));
	SETUP_OK(getsockname(listener, (struct sockaddr *)&addr, &len));
	SETUP_OK(listen(listener, 4));
	client = (int)SETUP_OK(socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

static void expect_loop(const struct sockaddr_in6 *sa, socklen_t len)
{
	EXPECT_EQ(len, sizeof(*sa));
	EXPECT_EQ(sa->sin6_family, AF_INET6);
	EXPECT_BYTES(&sa->sin6_addr, &in6addr_loopback, 16);
}

static void run(void)
{
	struct sockaddr_in6 peer = {0}, own = {0}, seen = {0};
	socklen_t peer_len = sizeof(peer), own_len = sizeof(own), len = sizeof(seen);
	int fd;

	REQUIRE_OK(connect(client, (struct sockaddr *)&addr, sizeof(addr)));
	REQUIRE(wait_events(listener, POLLIN) & POLLIN, "no connection came");
	fd = (int)SETUP_OK(accept(listener, (struct sockaddr *)&peer, &peer_len));
	expect_loop(&peer, peer_len);
	EXPECT_OK(getsockname(client, (struct sockaddr *)&own, &own_len));
	expect_loop(&own, own_len);
	EXPECT_EQ(ntohs(peer.sin6_port), ntohs(own.sin6_port));
	EXPECT_OK(getpeername(client, (struct sockaddr *)&seen, &len));
	expect_loop(&seen, len);
	EXPECT_EQ(ntohs(seen.sin6_port), ntohs(addr.sin6_port));
	expect_joined(client, fd);
	expect_joined(fd, client);
}

PROBE(.promise = "A TCP connection to ::1 works both ways, and each side knows the other's IPv6 "
		 "address",
      .source = "man 7 ipv6; RFC 3493", .covers = COVERS("connect:AF_INET6", "accept:AF_INET6"),
      .needs = NEEDS("ipv6"), .call = {CALL(SYS_connect)}, .setup = setup, .run = run);
