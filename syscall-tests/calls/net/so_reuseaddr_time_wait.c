/* SPDX-License-Identifier: MIT */
#include <poll.h>

#include "probe.h"
#include "lib/netpair.h"

static struct sockaddr_in addr;

/* The server's side of a connection closed first: it is in TIME_WAIT with the listener's port. */
static void setup(void)
{
	int listener = tcp_listener(4, &addr);
	int client, served;
	char c;

	/* It takes both: the old server must have agreed as well. */
	SETUP_OK(opt_set(listener, SOL_SOCKET, SO_REUSEADDR, 1));
	client = tcp_connected(&addr);
	SETUP(wait_events(listener, POLLIN) & POLLIN, "no connection came");
	served = (int)SETUP_OK(accept(listener, NULL, NULL));
	SETUP_OK(close(served));
	SETUP_EQ(read_full(client, &c, 1), 0);
	SETUP_OK(close(client));
	SETUP_OK(close(listener));
}

static void run(void)
{
	int fd = (int)SETUP_OK(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));

	EXPECT_ERRNO(bind(fd, (struct sockaddr *)&addr, sizeof(addr)), EADDRINUSE);
	REQUIRE_OK(opt_set(fd, SOL_SOCKET, SO_REUSEADDR, 1));
	EXPECT_EQ(opt_get(fd, SOL_SOCKET, SO_REUSEADDR), 1);
	EXPECT_OK(bind(fd, (struct sockaddr *)&addr, sizeof(addr)));
	EXPECT_OK(listen(fd, 4));
	tcp_connected(&addr);
	EXPECT(wait_events(fd, POLLIN) & POLLIN, "the new listener gets no connection");
}

PROBE(.promise = "After a server closed its connections its port is unavailable for a while, "
		 "unless "
		 "that server and the next set SO_REUSEADDR",
      .source = "man 7 ip; man 7 socket",
      .covers = COVERS("setsockopt:SO_REUSEADDR", "bind:AF_INET"),
      .call = {CALL_SETSOCKOPT(SOL_SOCKET, SO_REUSEADDR)}, .setup = setup, .run = run);
