/* SPDX-License-Identifier: MIT */
#include <poll.h>
#include <sys/socket.h>

#include "probe.h"

static int sv[2];

static void setup(void)
{
	SETUP_OK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sv));
}

static void run(void)
{
	struct pollfd p = {.fd = sv[0], .events = POLLOUT};
	char c = 0;

	REQUIRE(poll(&p, 1, patience_ms()) == 1, "an empty socket never becomes writable");
	EXPECT_EQ(p.revents, POLLOUT);
	EXPECT_EQ(write(sv[0], "x", 1), 1);
	EXPECT_EQ(read_full(sv[1], &c, 1), 1);
	EXPECT_EQ(c, 'x');
}

PROBE(.promise = "poll tells that an empty unix socket can be written; sshd hands a program its "
		 "input through one",
      .source = "man 2 poll; man 7 unix", .covers = COVERS("poll:POLLOUT", "socketpair:AF_UNIX"),
      .call = {CALL(SYS_poll)}, .setup = setup, .run = run);
