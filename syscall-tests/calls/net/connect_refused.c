/* SPDX-License-Identifier: MIT */
#include <poll.h>

#include "probe.h"
#include "lib/netpair.h"

static struct sockaddr_in addr;
static int fd, blocking;

static void setup(void)
{
	/* Bound, so that nobody else listens there. */
	tcp_bound(&addr);
	fd = (int)SETUP_OK(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
	blocking = (int)SETUP_OK(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

static void run(void)
{
	int r, events;

	EXPECT_ERRNO(connect(blocking, (struct sockaddr *)&addr, sizeof(addr)), ECONNREFUSED);
	errno = 0;
	r = connect(fd, (struct sockaddr *)&addr, sizeof(addr));
	if (r == -1 && errno == ECONNREFUSED)
		return;
	REQUIRE(r == -1 && errno == EINPROGRESS, "connect: expected EINPROGRESS, saw %d, %s", r,
		errno_name(errno));
	events = wait_events(fd, POLLOUT);
	EXPECT(events & POLLERR, "poll reports 0x%x, not POLLERR", (unsigned)events);
	EXPECT_EQ(opt_get(fd, SOL_SOCKET, SO_ERROR), ECONNREFUSED);
	/* Once told, it is forgotten. */
	EXPECT_EQ(opt_get(fd, SOL_SOCKET, SO_ERROR), 0);
}

PROBE(.promise = "Connecting where nobody listens is ECONNREFUSED, at once or by POLLERR and "
		 "SO_ERROR, "
		 "which is told once",
      .source = "man 2 connect; man 7 socket",
      .covers = COVERS("connect:ECONNREFUSED", "getsockopt:SO_ERROR"), .call = {CALL(SYS_connect)},
      .setup = setup, .run = run);
