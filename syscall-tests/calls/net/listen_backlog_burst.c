/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <poll.h>

#include "probe.h"
#include "lib/netpair.h"

enum { BURST = 24, BACKLOG = 64 };

static struct sockaddr_in addr;
static int listener, clients[BURST];

static void setup(void)
{
	listener = tcp_bound(&addr);
	SETUP_OK(fcntl(listener, F_SETFL, O_NONBLOCK));
	for (int i = 0; i < BURST; i++)
		clients[i] = (int)SETUP_OK(
			socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
}

static int accept_and_read(void)
{
	int fd = accept(listener, NULL, NULL);
	char c = 0;

	return fd >= 0 && read_full(fd, &c, 1) == 1 && c == 'b';
}

static void run(void)
{
	int connected = 0, served = 0;

	REQUIRE_OK(listen(listener, BACKLOG));
	for (int i = 0; i < BURST; i++)
		SETUP(connect(clients[i], (struct sockaddr *)&addr, sizeof(addr)) == 0 ||
			      errno == EINPROGRESS,
		      "connect: %s", errno_name(errno));
	/* Nobody accepts yet. */
	for (int i = 0; i < BURST; i++) {
		int events = wait_events(clients[i], POLLOUT);
		int error = opt_get(clients[i], SOL_SOCKET, SO_ERROR);

		if ((events & (POLLOUT | POLLERR | POLLHUP)) == POLLOUT && error == 0)
			connected += write(clients[i], "b", 1) == 1;
	}
	EXPECT(connected == BURST, "%d of %d connections were made with a backlog of %d", connected,
	       BURST, BACKLOG);
	for (int i = 0; i < connected; i++) {
		if (!(wait_events(listener, POLLIN) & POLLIN))
			break;
		served += accept_and_read();
	}
	EXPECT(served == BURST, "%d of %d connections were served", served, BURST);
}

PROBE(.promise = "As many connections as the backlog has room for are made before anyone accepts, "
		 "and all "
		 "are served afterwards with what was sent meanwhile",
      .source = "man 2 listen", .covers = COVERS("listen", "accept", "connect:AF_INET"),
      .limit_ms = 4000, .call = {CALL(SYS_listen)}, .setup = setup, .run = run);
