/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <poll.h>

#include "probe.h"
#include "lib/netpair.h"

static void run(void)
{
	int fd = (int)REQUIRE_OK(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));

	EXPECT_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
	EXPECT_EQ(fcntl(fd, F_GETFL) & O_ACCMODE, O_RDWR);
	EXPECT(fcntl(fd, F_GETFL) & O_NONBLOCK, "F_GETFL does not show O_NONBLOCK");
	fd = (int)REQUIRE_OK(socket(AF_INET, SOCK_STREAM, IPPROTO_TCP));
	EXPECT_EQ(fcntl(fd, F_GETFD), 0);
	EXPECT_EQ(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
	EXPECT_EQ(opt_get(fd, SOL_SOCKET, SO_TYPE), SOCK_STREAM);
	EXPECT_EQ(opt_get(fd, SOL_SOCKET, SO_DOMAIN), AF_INET);
	EXPECT_EQ(opt_get(fd, SOL_SOCKET, SO_PROTOCOL), IPPROTO_TCP);
}

PROBE(.promise = "socket gives the kind asked for, with the flags asked for, and refuses what "
		 "there is not",
      .source = "man 2 socket",
      .covers = COVERS("socket:SOCK_NONBLOCK", "socket:SOCK_CLOEXEC", "getsockopt:SO_PROTOCOL"),
      .call = {CALL(SYS_socket)}, .run = run);
