/* SPDX-License-Identifier: MIT */
#include "probe.h"
#include "lib/netpair.h"

static struct sockaddr_in addr;
static int taken, fd;

static void setup(void)
{
	socklen_t len = sizeof(addr);

	addr = loop4(0);
	taken = (int)SETUP_OK(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
	SETUP_OK(opt_set(taken, SOL_SOCKET, SO_REUSEADDR, 1));
	SETUP_OK(bind(taken, (struct sockaddr *)&addr, sizeof(addr)));
	SETUP_OK(getsockname(taken, (struct sockaddr *)&addr, &len));
	fd = (int)SETUP_OK(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
}

static int bind_it(void)
{
	return bind(fd, (struct sockaddr *)&addr, sizeof(addr));
}

static void run(void)
{
	struct sockaddr_in got = {0};
	socklen_t len = sizeof(got);

	/* One that allows it is not enough. */
	EXPECT_ERRNO(bind_it(), EADDRINUSE);
	SETUP_OK(opt_set(fd, SOL_SOCKET, SO_REUSEADDR, 1));
	REQUIRE_OK(bind_it());
	SETUP_OK(getsockname(fd, (struct sockaddr *)&got, &len));
	EXPECT_BYTES(&got, &addr, 8);
}

PROBE(.promise = "A UDP port that is taken is EADDRINUSE, unless both sockets set SO_REUSEADDR",
      .source = "man 2 bind; man 7 ip; man 7 socket (SO_REUSEADDR)",
      .covers = COVERS("bind:SOCK_DGRAM", "setsockopt:SO_REUSEADDR"), .call = {CALL(SYS_bind)},
      .setup = setup, .run = run);
