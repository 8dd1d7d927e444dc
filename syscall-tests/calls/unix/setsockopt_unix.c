/* SPDX-License-Identifier: MIT */
#include <sys/socket.h>

#include "probe.h"
#include "lib/netpair.h"

static int fd;

static void setup(void)
{
	fd = (int)SETUP_OK(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

static void run(void)
{
	EXPECT_EQ(opt_get(fd, SOL_SOCKET, SO_REUSEADDR), 0);
	REQUIRE_OK(opt_set(fd, SOL_SOCKET, SO_REUSEADDR, 1));
	EXPECT_EQ(opt_get(fd, SOL_SOCKET, SO_REUSEADDR), 1);
	REQUIRE_OK(opt_set(fd, SOL_SOCKET, SO_KEEPALIVE, 1));
	EXPECT_EQ(opt_get(fd, SOL_SOCKET, SO_KEEPALIVE), 1);
}

PROBE(.promise = "A unix socket takes SO_REUSEADDR and SO_KEEPALIVE, which mean nothing to it: "
		 "servers set "
		 "them on every listener they have",
      .source = "man 7 socket",
      .covers = COVERS("setsockopt:SO_REUSEADDR", "setsockopt:SO_KEEPALIVE"),
      .call = {CALL_SETSOCKOPT(SOL_SOCKET, SO_REUSEADDR),
	       CALL_SETSOCKOPT(SOL_SOCKET, SO_KEEPALIVE)},
      .setup = setup, .run = run);
