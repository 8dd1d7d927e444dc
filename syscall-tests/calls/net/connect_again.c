/* SPDX-License-Identifier: MIT */
#include <poll.h>

#include "probe.h"
#include "lib/netpair.h"

static struct sockaddr_in addr;
static int connected, pending;

static void setup(void)
{
	int listener = tcp_listener(0, &addr);

	/* The one that the queue has room for: the next one must wait. */
	connected = tcp_connected(&addr);
	SETUP(wait_events(listener, POLLIN) & POLLIN, "a connection was not there to accept");
	pending = (int)SETUP_OK(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
	interrupt_when_late();
}

static int connect_to_it(int fd)
{
	return connect(fd, (struct sockaddr *)&addr, sizeof(addr));
}

static void run(void)
{
	EXPECT_ERRNO(connect_to_it(connected), EISCONN);
	REQUIRE_ERRNO(connect_to_it(pending), EINPROGRESS);
	if (connect_to_it(pending) == -1 && errno == EALREADY)
		return;
	int error = errno;

	/* The backlog is a hint: where there was room for two, nothing is in progress. */
	if (wait_events_ms(pending, POLLOUT, 0) & POLLOUT)
		probe_skip("a backlog of 0 holds two connections");
	EXPECT(false, "connecting meanwhile: expected EALREADY, saw %s", errno_name(error));
}

PROBE(.promise = "connect on a connected socket is EISCONN, and on one whose connection is under "
		 "way EALREADY: callers of a non-blocking connect ask so",
      .source = "man 2 connect; POSIX.1-2017 connect",
      .covers = COVERS("connect:EISCONN", "connect:EALREADY"), .call = {CALL(SYS_connect)},
      .setup = setup, .run = run);
