/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <poll.h>

#include "probe.h"
#include "lib/netpair.h"

enum { ROUNDS = 4 };

static struct sockaddr_in addr;
static int listener;

static void setup(void)
{
	struct linger reset = {1, 0};

	listener = tcp_listener(8, &addr);
	SETUP_OK(fcntl(listener, F_SETFL, O_NONBLOCK));
	for (int i = 0; i < ROUNDS; i++) {
		int fd = tcp_connected(&addr);

		SETUP_OK(setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset)));
		SETUP_OK(close(fd));
	}
	tcp_connected(&addr);
	interrupt_when_late();
}

static void run(void)
{
	int live = 0;
	char c;

	for (int i = 0; i < 2 * ROUNDS && wait_events(listener, POLLIN) & POLLIN; i++) {
		int fd = accept(listener, NULL, NULL);

		/* One that is gone may be left out, or given and found to be dead. */
		if (fd < 0) {
			EXPECT(errno == ECONNABORTED || errno == EAGAIN, "accept failed with %s",
			       errno_name(errno));
			continue;
		}
		if (recv(fd, &c, 1, MSG_DONTWAIT) == -1 && errno == EAGAIN) {
			live++;
			break;
		}
	}
	EXPECT(live == 1, "the connection behind the dead ones was not accepted");
}

PROBE(.promise = "Connections reset before they were accepted do not hurt the listener, nor hide "
		 "the next",
      .source = "man 2 accept; POSIX.1-2017 accept",
      .covers = COVERS("accept", "accept:ECONNABORTED"),
      .call = {CALL(SYS_accept), CALL(SYS_accept4)}, .setup = setup, .run = run);
