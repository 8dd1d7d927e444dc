/* SPDX-License-Identifier: MIT */
#include <poll.h>

#include "probe.h"
#include "lib/netpair.h"

static struct sockaddr_in addr;
static int fd;

static void setup(void)
{
	tcp_listener(4, &addr);
	fd = (int)SETUP_OK(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
}

static void run(void)
{
	struct sockaddr_in peer = {0};
	socklen_t len = sizeof(peer);
	int r;

	EXPECT_ERRNO(getpeername(fd, (struct sockaddr *)&peer, &len), ENOTCONN);
	errno = 0;
	r = connect(fd, (struct sockaddr *)&addr, sizeof(addr));
	EXPECT(r == 0 || errno == EINPROGRESS, "connect: expected EINPROGRESS, saw %s",
	       errno_name(errno));
	REQUIRE(wait_events(fd, POLLOUT) == POLLOUT, "the connection was not made");
	EXPECT_EQ(opt_get(fd, SOL_SOCKET, SO_ERROR), 0);
	len = sizeof(peer);
	EXPECT_OK(getpeername(fd, (struct sockaddr *)&peer, &len));
	EXPECT_EQ(ntohs(peer.sin_port), ntohs(addr.sin_port));
	/* The first further call may report the success, the next cannot. */
	connect(fd, (struct sockaddr *)&addr, sizeof(addr));
	EXPECT_ERRNO(connect(fd, (struct sockaddr *)&addr, sizeof(addr)), EISCONN);
}

PROBE(.promise =
	      "A non-blocking connect answers EINPROGRESS, poll says when it is done, SO_ERROR how",
      .source = "man 2 connect; POSIX.1-2017 connect",
      .covers = COVERS("connect:EINPROGRESS", "getsockopt:SO_ERROR", "getpeername"),
      .call = {CALL(SYS_connect)}, .setup = setup, .run = run);
