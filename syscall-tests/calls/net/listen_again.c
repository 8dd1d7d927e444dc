/* SPDX-License-Identifier: MIT */
#include <poll.h>

#include "probe.h"
#include "lib/netpair.h"

static struct sockaddr_in addr;
static int fd;

static void setup(void)
{
	fd = tcp_bound(&addr);
}

static void run(void)
{
	int client = (int)SETUP_OK(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));

	EXPECT_EQ(opt_get(fd, SOL_SOCKET, SO_ACCEPTCONN), 0);
	REQUIRE_OK(listen(fd, 1));
	EXPECT_EQ(opt_get(fd, SOL_SOCKET, SO_ACCEPTCONN), 1);
	REQUIRE_OK(connect(client, (struct sockaddr *)&addr, sizeof(addr)));
	/* nginx does this on every reload. */
	REQUIRE_OK(listen(fd, 64));
	EXPECT(wait_events(fd, POLLIN) & POLLIN, "the waiting connection is gone");
	expect_joined((int)EXPECT_OK(accept(fd, NULL, NULL)), client);
	EXPECT_OK(connect((int)SETUP_OK(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)),
			  (struct sockaddr *)&addr, sizeof(addr)));
}

PROBE(.promise = "A second listen changes the backlog and keeps what waits in it",
      .source = "man 2 listen; POSIX.1-2017 listen",
      .covers = COVERS("listen", "getsockopt:SO_ACCEPTCONN"), .call = {CALL(SYS_listen)},
      .setup = setup, .run = run);
