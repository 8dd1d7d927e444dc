/* SPDX-License-Identifier: MIT */
#include <poll.h>

#include "probe.h"
#include "lib/netpair.h"

static int fds[3];
static struct sockaddr_in addr;

static void setup(void)
{
	for (int i = 0; i < 3; i++)
		fds[i] = (int)SETUP_OK(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
	addr = loop4(0);
}

static void run(void)
{
	socklen_t len = sizeof(addr);
	int served = 0;

	for (int i = 0; i < 2; i++) {
		REQUIRE_OK(opt_set(fds[i], SOL_SOCKET, SO_REUSEPORT, 1));
		EXPECT_EQ(opt_get(fds[i], SOL_SOCKET, SO_REUSEPORT), 1);
		REQUIRE_OK(bind(fds[i], (struct sockaddr *)&addr, sizeof(addr)));
		REQUIRE_OK(listen(fds[i], 8));
		SETUP_OK(getsockname(fds[0], (struct sockaddr *)&addr, &len));
	}
	/* Who does not join the group stays out. */
	EXPECT_ERRNO(bind(fds[2], (struct sockaddr *)&addr, sizeof(addr)), EADDRINUSE);
	for (int i = 0; i < 4; i++) {
		tcp_connected(&addr);
		EXPECT(EVENTUALLY((wait_events_ms(fds[0], POLLIN, 0) & POLLIN) ||
				  (wait_events_ms(fds[1], POLLIN, 0) & POLLIN)),
		       "connection %d reached neither listener", i);
		for (int at = 0; at < 2; at++)
			if (wait_events_ms(fds[at], POLLIN, 0) & POLLIN)
				served += opt_get(accept(fds[at], NULL, NULL), SOL_SOCKET,
						  SO_TYPE) == SOCK_STREAM;
	}
	EXPECT_EQ(served, 4);
}

PROBE(.promise = "With SO_REUSEPORT several listeners share a port and its connections, each going "
		 "to one "
		 "of them",
      .source = "man 7 socket",
      .covers = COVERS("setsockopt:SO_REUSEPORT", "getsockopt:SO_REUSEPORT"),
      .call = {CALL_SETSOCKOPT(SOL_SOCKET, SO_REUSEPORT)}, .setup = setup, .run = run);
