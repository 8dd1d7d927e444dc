/* SPDX-License-Identifier: MIT */
#include <sys/socket.h>

#include "probe.h"
#include "lib/netpair.h"
#include "lib/unixaddr.h"

static int fd;

static void setup(void)
{
	struct sockaddr_un addr;

	unix_listener("socket", 4, &addr);
	fd = (int)SETUP_OK(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
	SETUP_OK(connect(fd, (struct sockaddr *)&addr, sizeof(addr)));
}

static void run(void)
{
	EXPECT_EQ(opt_get(fd, SOL_SOCKET, SO_ERROR), 0);
	EXPECT_EQ(opt_get(fd, SOL_SOCKET, SO_TYPE), SOCK_STREAM);
	EXPECT_EQ(opt_get(fd, SOL_SOCKET, SO_DOMAIN), AF_UNIX);
	EXPECT_EQ(opt_get(fd, SOL_SOCKET, SO_ACCEPTCONN), 0);
}

PROBE(.promise = "A connected unix socket tells SO_ERROR 0, its type and its domain; nginx asks "
		 "for the "
		 "first of every upstream connection",
      .source = "man 7 socket",
      .covers = COVERS("getsockopt:SO_ERROR", "getsockopt:SO_TYPE", "getsockopt:SO_DOMAIN"),
      .call = {CALL(SYS_getsockopt)}, .setup = setup, .run = run);
