/* SPDX-License-Identifier: MIT */
#include <poll.h>

#include "probe.h"
#include "lib/netpair.h"

static int listener, client;

static void setup(void)
{
	struct sockaddr_in6 any = {.sin6_family = AF_INET6}, got;
	socklen_t len = sizeof(got);

	listener = (int)SETUP_OK(socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
	SETUP_OK(opt_set(listener, IPPROTO_IPV6, IPV6_V6ONLY, 0));
	SETUP_OK(bind(listener, (struct sockaddr *)&any, sizeof(any)));
	SETUP_OK(listen(listener, 8));
	SETUP_OK(getsockname(listener, (struct sockaddr *)&got, &len));
	struct sockaddr_in to = loop4(ntohs(got.sin6_port));

	client = (int)SETUP_OK(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
	connect(client, (struct sockaddr *)&to, sizeof(to));
}

static void run(void)
{
	struct sockaddr_in6 peer = {0};
	struct sockaddr_in own = {0};
	socklen_t len = sizeof(peer), own_len = sizeof(own);

	REQUIRE(wait_events(listener, POLLIN) & POLLIN,
		"an IPv4 connection did not reach the [::] listener");
	int fd = (int)REQUIRE_OK(accept(listener, (struct sockaddr *)&peer, &len));
	SETUP_OK(getsockname(client, (struct sockaddr *)&own, &own_len));
	EXPECT(peer.sin6_family == AF_INET6 && len == sizeof(peer),
	       "the peer's address is of family %d and %u bytes, expected AF_INET6 and %zu",
	       peer.sin6_family, len, sizeof(peer));
	EXPECT(IN6_IS_ADDR_V4MAPPED(&peer.sin6_addr), "the peer's address is not IPv4-mapped");
	EXPECT_BYTES((char *)&peer.sin6_addr + 12, &own.sin_addr, 4);
	EXPECT_EQ(ntohs(peer.sin6_port), ntohs(own.sin_port));
	expect_joined(fd, client);
}

PROBE(.promise =
	      "A [::] listener without IPV6_V6ONLY takes IPv4 connections as well, from addresses "
	      "mapped to ::ffff:0:0/96",
      .source = "man 7 ipv6; RFC 3493",
      .covers = COVERS("accept:AF_INET6", "setsockopt:IPV6_V6ONLY"), .needs = NEEDS("ipv6"),
      .call = {CALL(SYS_accept), CALL(SYS_accept4)}, .setup = setup, .run = run);
