/* SPDX-License-Identifier: MIT */
#include "probe.h"
#include "lib/netpair.h"

static int fresh, listener;

static void setup(void)
{
	struct sockaddr_in addr;

	fresh = (int)SETUP_OK(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
	listener = tcp_listener(4, &addr);
	interrupt_when_late();
}

static void run(void)
{
	struct sockaddr_in peer;
	socklen_t len = sizeof(peer);
	char c;

	EXPECT_ERRNO(getpeername(fresh, (struct sockaddr *)&peer, &len), ENOTCONN);
	EXPECT_ERRNO(getpeername(listener, (struct sockaddr *)&peer, &len), ENOTCONN);
	EXPECT_ERRNO(recv(fresh, &c, 1, 0), ENOTCONN);
	EXPECT_ERRNO(recv(listener, &c, 1, 0), ENOTCONN);
	EXPECT_ERRNO(shutdown(fresh, SHUT_WR), ENOTCONN);
}

PROBE(.promise = "A TCP socket without a peer has no peer's name, nothing to receive and nothing "
		 "to shut down: ENOTCONN",
      .source = "man 2 getpeername; man 2 recv; man 2 shutdown",
      .covers = COVERS("getpeername:ENOTCONN", "recvfrom:ENOTCONN", "shutdown:ENOTCONN"),
      .call = {CALL(SYS_getpeername), CALL(SYS_recvfrom), CALL(SYS_shutdown)}, .setup = setup,
      .run = run);
