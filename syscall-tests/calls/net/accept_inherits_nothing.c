/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <poll.h>

#include "probe.h"
#include "lib/netpair.h"

static int listener, client;

static void setup(void)
{
	struct sockaddr_in addr;

	listener = tcp_listener(4, &addr);
	SETUP_OK(fcntl(listener, F_SETFL, O_NONBLOCK));
	client = tcp_connected(&addr);
	SETUP(wait_events(listener, POLLIN) & POLLIN, "no connection came");
	interrupt_when_late();
}

/* Writes once the other process must be waiting in read, or has given up. */
static void writer(void *arg)
{
	EVENTUALLY(mark_get(0));
	for (int i = 0; i < 10; i++)
		pause_briefly();
	SETUP_EQ(write(client, "w", 1), 1);
}

static void run(void)
{
	int fd = (int)REQUIRE_OK(accept(listener, NULL, NULL));
	pid_t pid;
	char c = 0;

	EXPECT_EQ(fcntl(fd, F_GETFL) & (O_NONBLOCK | O_ACCMODE), O_RDWR);
	EXPECT_EQ(fcntl(fd, F_GETFD), 0);
	EXPECT_ERRNO(accept(listener, NULL, NULL), EAGAIN);
	pid = child_start(writer, NULL);
	mark_set(0, 1);
	EXPECT_EQ(read(fd, &c, 1), 1);
	EXPECT_EQ(c, 'w');
	child_end(pid);
}

PROBE(.promise = "A socket from accept is blocking, whatever the listener is",
      .source = "man 2 accept", .covers = COVERS("accept", "fcntl:F_GETFL"),
      .call = {CALL(SYS_accept)}, .setup = setup, .run = run);
