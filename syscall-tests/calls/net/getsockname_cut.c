/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "probe.h"
#include "lib/netpair.h"

static int tcp[2], udp;

static void setup(void)
{
	tcp_pair(tcp);
	udp = (int)SETUP_OK(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
}

static void run(void)
{
	struct sockaddr_in whole = {0}, peer = {0};
	unsigned char part[16];
	socklen_t len = sizeof(whole);

	REQUIRE_OK(getsockname(tcp[0], (struct sockaddr *)&whole, &len));
	EXPECT_EQ(len, 16);
	EXPECT_EQ(whole.sin_family, AF_INET);
	EXPECT_EQ(ntohl(whole.sin_addr.s_addr), INADDR_LOOPBACK);
	EXPECT_OK(getpeername(tcp[1], (struct sockaddr *)&peer, &len));
	EXPECT_BYTES(&whole, &peer, 8);

	memset(part, 0x5a, sizeof(part));
	len = 4;
	EXPECT_OK(getsockname(tcp[0], (struct sockaddr *)part, &len));
	EXPECT_EQ(len, 16);
	EXPECT_BYTES(part, &whole, 4);
	EXPECT_EQ(part[4], 0x5a);
	len = 16;
	EXPECT_OK(getsockname(udp, (struct sockaddr *)&whole, &len));
	EXPECT_EQ(whole.sin_port, 0);
	EXPECT_ERRNO(getpeername(udp, (struct sockaddr *)&whole, &len), ENOTCONN);
}

PROBE(.promise = "getsockname writes no more than there is room for and tells the true length; "
		 "both ends of "
		 "a connection agree on addresses",
      .source = "man 2 getsockname; man 2 getpeername",
      .covers = COVERS("getsockname", "getpeername"), .call = {CALL(SYS_getsockname)},
      .setup = setup, .run = run);
