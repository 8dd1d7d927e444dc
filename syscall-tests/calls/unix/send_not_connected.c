/* SPDX-License-Identifier: MIT */
#include <sys/socket.h>

#include "probe.h"
#include "lib/unixaddr.h"

static struct sockaddr_un addr;
static int listener, fd;

static void setup(void)
{
	listener = unix_listener("socket", 4, &addr);
	fd = (int)SETUP_OK(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
	signal_watch(SIGPIPE);
}

static void run(void)
{
	struct sockaddr_un peer;
	socklen_t len = sizeof(peer);
	const struct sockaddr *sa = (struct sockaddr *)&addr;

	EXPECT_ERRNO(send(fd, "x", 1, 0), ENOTCONN);
	EXPECT_ERRNO(write(fd, "x", 1), ENOTCONN);
	EXPECT_ERRNO(send(listener, "x", 1, 0), ENOTCONN);
	EXPECT_EQ(signal_count(SIGPIPE), 0);
	EXPECT_ERRNO(getpeername(fd, (struct sockaddr *)&peer, &len), ENOTCONN);
	EXPECT_ERRNO(accept(fd, NULL, NULL), EINVAL);
	SETUP_OK(connect(fd, sa, sizeof(addr)));
	EXPECT_ERRNO(connect(fd, sa, sizeof(addr)), EISCONN);
	EXPECT_EQ(send(fd, "x", 1, 0), 1);
}

PROBE(.promise = "A unix stream that is not connected answers ENOTCONN, without SIGPIPE, one that "
		 "is EISCONN to another connect, and one that does not listen EINVAL to accept",
      .source = "man 2 send; man 2 getpeername; man 2 connect; man 2 accept",
      .covers = COVERS("sendto:ENOTCONN", "connect:EISCONN"), .call = {CALL(SYS_sendto)},
      .setup = setup, .run = run);
