/* SPDX-License-Identifier: MIT */
#include "probe.h"
#include "lib/netpair.h"

static int fd;

static void setup(void)
{
	fd = (int)SETUP_OK(socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

static void run(void)
{
	REQUIRE_OK(opt_set(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1));
	EXPECT_EQ(opt_get(fd, IPPROTO_IPV6, IPV6_V6ONLY), 1);
	EXPECT_OK(opt_set(fd, IPPROTO_IPV6, IPV6_V6ONLY, 0));
	EXPECT_EQ(opt_get(fd, IPPROTO_IPV6, IPV6_V6ONLY), 0);
}

PROBE(.promise = "IPV6_V6ONLY reads back as it was set", .source = "man 7 ipv6; RFC 3493",
      .covers = COVERS("setsockopt:IPV6_V6ONLY", "getsockopt:IPV6_V6ONLY"), .needs = NEEDS("ipv6"),
      .call = {CALL_SETSOCKOPT(IPPROTO_IPV6, IPV6_V6ONLY)}, .setup = setup, .run = run);
