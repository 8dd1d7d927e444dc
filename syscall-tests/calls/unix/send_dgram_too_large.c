/* SPDX-License-Identifier: MIT */
#include <sys/socket.h>

#include "probe.h"
#include "lib/netpair.h"

enum { FITS = 8192, TOO_LARGE = 8 * FITS };

static int sv[2];
static char sent[TOO_LARGE], got[TOO_LARGE];

static void setup(void)
{
	SETUP_OK(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, sv));
	SETUP_OK(opt_set(sv[0], SOL_SOCKET, SO_SNDBUF, FITS));
	pattern_fill(sent, sizeof(sent), 0);
}

static void run(void)
{
	EXPECT_ERRNO(send(sv[0], sent, TOO_LARGE, 0), EMSGSIZE);
	REQUIRE_EQ(send(sv[0], sent, FITS, 0), FITS);
	EXPECT_EQ(recv(sv[1], got, sizeof(got), 0), FITS);
	EXPECT_EQ(pattern_check(got, FITS, 0), FITS);
	EXPECT_ERRNO(recv(sv[1], got, sizeof(got), 0), EAGAIN);
}

PROBE(.promise = "A unix datagram larger than twice SO_SNDBUF is EMSGSIZE and not sent at all, "
		 "upon which a log is sent by file instead",
      .source = "man 7 unix (SO_SNDBUF); man 2 send (EMSGSIZE)",
      .covers = COVERS("sendto:EMSGSIZE", "setsockopt:SO_SNDBUF"), .call = {CALL(SYS_sendto)},
      .setup = setup, .run = run);
