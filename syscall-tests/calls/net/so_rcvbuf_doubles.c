/* SPDX-License-Identifier: MIT */
#include "probe.h"
#include "lib/netpair.h"

static int fd;

static void setup(void)
{
	fd = (int)SETUP_OK(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

static void run(void)
{
	REQUIRE_OK(opt_set(fd, SOL_SOCKET, SO_RCVBUF, 16384));
	EXPECT_EQ(opt_get(fd, SOL_SOCKET, SO_RCVBUF), 32768);
	REQUIRE_OK(opt_set(fd, SOL_SOCKET, SO_SNDBUF, 20000));
	EXPECT_EQ(opt_get(fd, SOL_SOCKET, SO_SNDBUF), 40000);
	/* Less than the least is raised to it. */
	REQUIRE_OK(opt_set(fd, SOL_SOCKET, SO_RCVBUF, 1));
	EXPECT(opt_get(fd, SOL_SOCKET, SO_RCVBUF) >= 256, "a receive buffer of %d bytes",
	       opt_get(fd, SOL_SOCKET, SO_RCVBUF));
}

PROBE(.promise =
	      "The kernel doubles the socket buffer sizes it is given, and tells the doubled ones",
      .source = "man 7 socket", .covers = COVERS("setsockopt:SO_RCVBUF", "setsockopt:SO_SNDBUF"),
      .call = {CALL_SETSOCKOPT(SOL_SOCKET, SO_RCVBUF), CALL_SETSOCKOPT(SOL_SOCKET, SO_SNDBUF)},
      .setup = setup, .run = run);
