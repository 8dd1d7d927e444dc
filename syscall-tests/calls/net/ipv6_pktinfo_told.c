/* SPDX-License-Identifier: MIT */
#include <net/if.h>

#include "probe.h"
#include "lib/control.h"
#include "lib/netpair.h"

static struct sockaddr_in6 addr;
static unsigned lo;
static int fd, from;

static void setup(void)
{
	struct sockaddr_in6 any = {.sin6_family = AF_INET6};
	socklen_t len = sizeof(addr);

	lo = if_nametoindex("lo");
	SETUP(lo > 0, "if_nametoindex: %s", errno_name(errno));
	fd = (int)SETUP_OK(socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0));
	from = (int)SETUP_OK(socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0));
	SETUP_OK(bind(fd, (struct sockaddr *)&any, sizeof(any)));
	SETUP_OK(getsockname(fd, (struct sockaddr *)&addr, &len));
	addr.sin6_addr = in6addr_loopback;
}

static void send_one(void)
{
	SETUP_EQ(sendto(from, "where", 5, 0, (struct sockaddr *)&addr, sizeof(addr)), 5);
}

static void run(void)
{
	struct in6_pktinfo info = {0};
	int hops = -1;

	REQUIRE_OK(opt_set(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1));
	REQUIRE_OK(opt_set(fd, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1));
	REQUIRE_OK(opt_set(from, IPPROTO_IPV6, IPV6_UNICAST_HOPS, 5));
	send_one();
	REQUIRE(control_take(fd, "where", IPPROTO_IPV6, IPV6_PKTINFO, &info, sizeof(info)),
		"a datagram came without IPV6_PKTINFO");
	EXPECT_BYTES(&info.ipi6_addr, &in6addr_loopback, sizeof(in6addr_loopback));
	EXPECT_EQ(info.ipi6_ifindex, lo);
	send_one();
	REQUIRE(control_take(fd, "where", IPPROTO_IPV6, IPV6_HOPLIMIT, &hops, sizeof(hops)),
		"a datagram came without IPV6_HOPLIMIT");
	EXPECT_EQ(hops, 5);
}

PROBE(.promise = "With IPV6_RECVPKTINFO and IPV6_RECVHOPLIMIT each datagram says where it was sent "
		 "to, where it came in, and how many hops it had left of IPV6_UNICAST_HOPS",
      .source = "RFC 3542 4, 6.1, 6.3; RFC 3493 5.1; man 7 ipv6",
      .covers = COVERS("setsockopt:IPV6_RECVPKTINFO", "setsockopt:IPV6_RECVHOPLIMIT",
		       "setsockopt:IPV6_UNICAST_HOPS"),
      .needs = NEEDS("ipv6"),
      .call = {CALL_SETSOCKOPT(IPPROTO_IPV6, IPV6_RECVPKTINFO),
	       CALL_SETSOCKOPT(IPPROTO_IPV6, IPV6_RECVHOPLIMIT),
	       CALL_SETSOCKOPT(IPPROTO_IPV6, IPV6_UNICAST_HOPS)},
      .setup = setup, .run = run);
