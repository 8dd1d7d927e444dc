/* SPDX-License-Identifier: MIT */
#include <ifaddrs.h>
#include <net/if.h>
#include <string.h>

#include "probe.h"
#include "lib/netpair.h"

static void run(void)
{
	static const struct in6_addr loopback6 = IN6ADDR_LOOPBACK_INIT;
	struct ifaddrs *list = NULL;
	int v4 = 0, v6 = 0;

	REQUIRE_OK(getifaddrs(&list));
	for (const struct ifaddrs *i = list; i; i = i->ifa_next) {
		if (strcmp(i->ifa_name, "lo") || !i->ifa_addr)
			continue;
		EXPECT(i->ifa_flags & IFF_LOOPBACK, "lo has flags 0x%x", i->ifa_flags);
		if (i->ifa_addr->sa_family == AF_INET)
			v4 += ((struct sockaddr_in *)i->ifa_addr)->sin_addr.s_addr ==
			      htonl(INADDR_LOOPBACK);
		if (i->ifa_addr->sa_family == AF_INET6)
			v6 += !memcmp(&((struct sockaddr_in6 *)i->ifa_addr)->sin6_addr, &loopback6,
				      16);
	}
	EXPECT(v4 == 1, "127.0.0.1 is listed %d times for lo", v4);
	EXPECT(v6 == 1, "::1 is listed %d times for lo", v6);
	freeifaddrs(list);
}

PROBE(.promise = "A dump of addresses over netlink lists the loopback interface's, IPv4 and IPv6",
      .source = "man 3 getifaddrs; man 7 rtnetlink",
      .covers = COVERS("socket:AF_NETLINK", "sendto:RTM_GETADDR", "sendto:RTM_GETLINK"),
      .needs = NEEDS("ipv6"), .call = {CALL(SYS_sendto)}, .run = run);
