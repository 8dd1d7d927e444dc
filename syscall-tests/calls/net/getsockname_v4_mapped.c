/* SPDX-License-Identifier: MIT */
#include <arpa/inet.h>

#include "probe.h"
#include "lib/netpair.h"

static int fd;

/* What a C library does to sort the addresses of a name. */
static void setup(void)
{
	struct sockaddr_in6 to = loop6(9);

	inet_pton(AF_INET6, "::ffff:127.0.0.1", &to.sin6_addr);
	fd = (int)SETUP_OK(socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0));
	SETUP_OK(connect(fd, (struct sockaddr *)&to, sizeof(to)));
}

static void run(void)
{
	struct sockaddr_in6 own = {0};
	socklen_t len = sizeof(own);

	REQUIRE_OK(getsockname(fd, (struct sockaddr *)&own, &len));
	EXPECT(own.sin6_family == AF_INET6 && len == sizeof(own),
	       "the own address is of family %d and %u bytes, expected AF_INET6 and %zu",
	       own.sin6_family, len, sizeof(own));
	EXPECT(IN6_IS_ADDR_V4MAPPED(&own.sin6_addr),
	       "the own address of a connection to ::ffff:127.0.0.1 is not IPv4-mapped");
}

PROBE(.promise = "An IPv6 socket connected to an IPv4-mapped address has one itself; glibc's "
		 "getaddrinfo aborts otherwise, and with it dropbear -p 22",
      .source = "man 7 ipv6; RFC 3493 3.7",
      .covers = COVERS("getsockname:AF_INET6", "connect:SOCK_DGRAM"), .needs = NEEDS("ipv6"),
      .call = {CALL(SYS_getsockname)}, .setup = setup, .run = run);
