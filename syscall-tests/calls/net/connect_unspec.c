/* SPDX-License-Identifier: MIT */
#include <arpa/inet.h>

#include "probe.h"
#include "lib/netpair.h"

static struct sockaddr_in addr_a, addr_b;
static int a, b, fd;

static void setup(void)
{
	a = udp_bound(&addr_a);
	b = udp_bound(&addr_b);
	fd = (int)SETUP_OK(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
}

static void run(void)
{
	struct sockaddr none = {.sa_family = AF_UNSPEC};
	struct sockaddr_in own = {0}, peer = {0};
	socklen_t len = sizeof(own);

	REQUIRE_OK(connect(fd, (struct sockaddr *)&addr_a, sizeof(addr_a)));
	/* getaddrinfo sorts by this: the address it would send from. */
	EXPECT_OK(getsockname(fd, (struct sockaddr *)&own, &len));
	EXPECT_EQ(own.sin_family, AF_INET);
	EXPECT_EQ(ntohl(own.sin_addr.s_addr), INADDR_LOOPBACK);
	expect_joined(fd, a);
	REQUIRE_OK(connect(fd, &none, sizeof(none)));
	EXPECT_ERRNO(getpeername(fd, (struct sockaddr *)&peer, &len), ENOTCONN);
	EXPECT_ERRNO(send(fd, "x", 1, 0), EDESTADDRREQ);
	REQUIRE_OK(connect(fd, (struct sockaddr *)&addr_b, sizeof(addr_b)));
	expect_joined(fd, b);
}

PROBE(.promise = "Connecting a datagram socket fixes the address it sends from and to, AF_UNSPEC "
		 "undoes that, and it can be connected again: glibc's getaddrinfo does so",
      .source = "man 2 connect; man 7 udp; POSIX.1-2017 connect",
      .covers = COVERS("connect:AF_UNSPEC", "connect:SOCK_DGRAM", "getsockname"),
      .call = {CALL(SYS_connect)}, .setup = setup, .run = run);
