/* SPDX-License-Identifier: MIT */
#include "probe.h"
#include "lib/netpair.h"

static int tcp[2];

static void setup(void)
{
	tcp_pair(tcp);
}

static void run(void)
{
	unsigned char options[200];
	socklen_t len = sizeof(options);

	REQUIRE_OK(getsockopt(tcp[0], IPPROTO_IP, IP_OPTIONS, options, &len));
	EXPECT(len == 0, "a connection without IP options is told to have %u bytes of them",
	       (unsigned)len);
}

PROBE(.promise = "A connection that came without IP options has none: sshd drops every one that "
		 "is said to have",
      .source = "man 7 ip (IP_OPTIONS)", .covers = COVERS("getsockopt:IP_OPTIONS"),
      .call = {CALL_GETSOCKOPT(IPPROTO_IP, IP_OPTIONS)}, .setup = setup, .run = run);
