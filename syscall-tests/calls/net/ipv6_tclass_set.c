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
	EXPECT_EQ(opt_get(fd, IPPROTO_IPV6, IPV6_TCLASS), 0);
	REQUIRE_OK(opt_set(fd, IPPROTO_IPV6, IPV6_TCLASS, 0x48));
	EXPECT_EQ(opt_get(fd, IPPROTO_IPV6, IPV6_TCLASS), 0x48);
	EXPECT_ERRNO(opt_set(fd, IPPROTO_IPV6, IPV6_TCLASS, 256), EINVAL);
	/* -1 is what it was before. */
	REQUIRE_OK(opt_set(fd, IPPROTO_IPV6, IPV6_TCLASS, -1));
	EXPECT_EQ(opt_get(fd, IPPROTO_IPV6, IPV6_TCLASS), 0);
}

PROBE(.promise = "The traffic class of an IPv6 socket is kept as set; sshd sets it for each "
		 "session",
      .source = "RFC 3542 6.5", .covers = COVERS("setsockopt:IPV6_TCLASS"), .needs = NEEDS("ipv6"),
      .call = {CALL_SETSOCKOPT(IPPROTO_IPV6, IPV6_TCLASS)}, .setup = setup, .run = run);
