/* SPDX-License-Identifier: MIT */
#include "probe.h"
#include "lib/netpair.h"

static struct sockaddr_in addr;
static int taken, fds[4];

static void setup(void)
{
	taken = tcp_listener(4, &addr);
	for (int i = 0; i < 4; i++)
		fds[i] = (int)SETUP_OK(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

static int bind_to(int fd, uint32_t ip)
{
	struct sockaddr_in sa = addr;

	sa.sin_addr.s_addr = htonl(ip);
	return bind(fd, (struct sockaddr *)&sa, sizeof(sa));
}

static void run(void)
{
	struct sockaddr_in got = {0};
	socklen_t len = sizeof(got);

	EXPECT_ERRNO(bind_to(fds[0], INADDR_LOOPBACK), EADDRINUSE);
	EXPECT_ERRNO(bind_to(fds[0], INADDR_ANY), EADDRINUSE);
	/* Another address of the same interface, the same port. */
	REQUIRE_OK(bind_to(fds[0], INADDR_LOOPBACK + 1));
	EXPECT_OK(getsockname(fds[0], (struct sockaddr *)&got, &len));
	EXPECT_EQ(ntohl(got.sin_addr.s_addr), INADDR_LOOPBACK + 1);
	EXPECT_EQ(got.sin_port, addr.sin_port);
	EXPECT_ERRNO(bind_to(fds[0], INADDR_LOOPBACK + 2), EINVAL);
	/* 192.0.2.1 is nobody's. */
	EXPECT_ERRNO(bind_to(fds[1], 0xc0000201), EADDRNOTAVAIL);
	SETUP_OK(close(taken));
	EXPECT_OK(bind_to(fds[2], INADDR_LOOPBACK));
}

PROBE(.promise = "An address and port are taken as long as a socket has them (EADDRINUSE); another "
		 "address "
		 "with that port is free, one that is not ours is EADDRNOTAVAIL",
      .source = "man 2 bind; man 7 ip", .covers = COVERS("bind:AF_INET"), .call = {CALL(SYS_bind)},
      .setup = setup, .run = run);
