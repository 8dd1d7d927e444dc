/* SPDX-License-Identifier: MIT */
#include <poll.h>

#include "probe.h"
#include "lib/netpair.h"

static struct sockaddr_in addr;
static int listener;

static void setup(void)
{
	listener = tcp_listener(8, &addr);
}

static void worker(void *arg)
{
	int fd;

	interrupt_when_late();
	fd = (int)REQUIRE_OK(accept(listener, NULL, NULL));
	EXPECT_EQ(write(fd, arg, 1), 1);
}

static void run(void)
{
	char said[2] = "";
	pid_t pid[2];
	int client[2];

	for (int i = 0; i < 2; i++)
		pid[i] = child_start(worker, i ? "b" : "a");
	for (int i = 0; i < 2; i++)
		client[i] = tcp_connected(&addr);
	for (int i = 0; i < 2; i++)
		REQUIRE_EQ(read_full(client[i], &said[i], 1), 1);
	EXPECT((said[0] == 'a' && said[1] == 'b') || (said[0] == 'b' && said[1] == 'a'),
	       "the connections were taken by '%c' and '%c', not by each of two processes", said[0],
	       said[1]);
	child_end(pid[0]);
	child_end(pid[1]);
}

PROBE(.promise = "Processes that inherited one listener accept from it side by side, each "
		 "connection going to one of them: nginx's workers",
      .source = "man 2 accept; POSIX.1-2017 fork", .covers = COVERS("accept", "fork"),
      .call = {CALL(SYS_accept), CALL(SYS_accept4)}, .setup = setup, .run = run);
