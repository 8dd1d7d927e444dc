/* SPDX-License-Identifier: MIT */
#include <poll.h>

#include "probe.h"
#include "lib/netpair.h"

enum { ROUNDS = 5 };

static struct sockaddr_in addr;
static int listener;

static void setup(void)
{
	listener = tcp_listener(8, &addr);
	interrupt_when_late();
}

/* Connects when the other process is about to wait. */
static void client(void *arg)
{
	for (int i = 1; i <= ROUNDS; i++) {
		SETUP(EVENTUALLY(mark_get(0) == i), "the server stopped half way");
		pause_briefly();
		SETUP_EQ(write(tcp_connected(&addr), "c", 1), 1);
	}
}

static void run(void)
{
	struct pollfd p = {.fd = listener, .events = POLLIN};
	pid_t pid = child_start(client, NULL);
	char c;

	EXPECT_EQ(poll(&p, 1, 0), 0);
	for (int i = 1; i <= ROUNDS; i++) {
		mark_set(0, i);
		REQUIRE(poll(&p, 1, patience_ms()) == 1, "connection %d of %d did not wake poll", i,
			ROUNDS);
		EXPECT_EQ(p.revents, POLLIN);
		c = 0;
		SETUP_EQ(read_full((int)SETUP_OK(accept(listener, NULL, NULL)), &c, 1), 1);
		SETUP_EQ(c, 'c');
	}
	child_end(pid);
}

PROBE(.promise = "A process waiting in poll on a TCP listener is woken by each connection",
      .source = "man 2 poll; man 2 accept", .covers = COVERS("poll", "accept"),
      .call = {CALL(SYS_poll)}, .setup = setup, .run = run);
