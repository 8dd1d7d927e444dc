/* SPDX-License-Identifier: MIT */
#include <poll.h>

#include "probe.h"
#include "lib/netpair.h"

static int v4, v6;
static unsigned port;

/* What `listen 80; listen [::]:80 ipv6only=on;` does. */
static void setup(void)
{
	struct sockaddr_in any = {.sin_family = AF_INET}, got;
	socklen_t len = sizeof(got);

	v4 = (int)SETUP_OK(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
	v6 = (int)SETUP_OK(socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
	SETUP_OK(bind(v4, (struct sockaddr *)&any, sizeof(any)));
	SETUP_OK(listen(v4, 8));
	SETUP_OK(getsockname(v4, (struct sockaddr *)&got, &len));
	port = ntohs(got.sin_port);
	interrupt_when_late();
}

static void run(void)
{
	struct sockaddr_in6 any6 = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)};
	struct sockaddr_in to4 = loop4(port);
	struct sockaddr_in6 to6 = loop6(port);
	int c4 = (int)SETUP_OK(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
	int c6 = (int)SETUP_OK(socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));

	REQUIRE_OK(opt_set(v6, IPPROTO_IPV6, IPV6_V6ONLY, 1));
	REQUIRE_OK(bind(v6, (struct sockaddr *)&any6, sizeof(any6)));
	REQUIRE_OK(listen(v6, 8));

	EXPECT_OK(connect(c4, (struct sockaddr *)&to4, sizeof(to4)));
	EXPECT(wait_events(v4, POLLIN) & POLLIN, "the IPv4 listener got no connection");
	EXPECT_EQ(wait_events_ms(v6, POLLIN, 0), 0);
	expect_joined((int)EXPECT_OK(accept(v4, NULL, NULL)), c4);
	EXPECT_OK(connect(c6, (struct sockaddr *)&to6, sizeof(to6)));
	REQUIRE(wait_events(v6, POLLIN) & POLLIN, "the IPv6 listener got no connection");
	EXPECT_EQ(wait_events_ms(v4, POLLIN, 0), 0);
	expect_joined((int)EXPECT_OK(accept(v6, NULL, NULL)), c6);
}

PROBE(.promise = "With IPV6_V6ONLY, 0.0.0.0 and [::] share a port, and each listener gets the "
		 "connections "
		 "of its own family",
      .source = "man 7 ipv6", .covers = COVERS("setsockopt:IPV6_V6ONLY", "bind:AF_INET6", "listen"),
      .needs = NEEDS("ipv6"), .call = {CALL_SETSOCKOPT(IPPROTO_IPV6, IPV6_V6ONLY)}, .setup = setup,
      .run = run);
