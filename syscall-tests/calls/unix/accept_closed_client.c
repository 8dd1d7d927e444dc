/* SPDX-License-Identifier: MIT */
#include <poll.h>
#include <sys/socket.h>

#include "probe.h"
#include "lib/unixaddr.h"

static int listener;

static void setup(void)
{
	struct sockaddr_un addr;
	int client;

	listener = unix_listener("socket", 4, &addr);
	client = (int)SETUP_OK(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
	SETUP_OK(connect(client, (struct sockaddr *)&addr, sizeof(addr)));
	SETUP_EQ(write(client, "last words", 10), 10);
	SETUP_OK(close(client));
	interrupt_when_late();
}

static void run(void)
{
	char buf[16] = "";
	int fd;

	EXPECT_EQ(wait_events(listener, POLLIN), POLLIN);
	fd = (int)REQUIRE_OK(accept(listener, NULL, NULL));
	EXPECT_EQ(wait_events(fd, POLLIN | POLLRDHUP), POLLIN | POLLRDHUP | POLLHUP);
	EXPECT_EQ(read(fd, buf, sizeof(buf)), 10);
	EXPECT_STR(buf, "last words");
	EXPECT_EQ(read(fd, buf, sizeof(buf)), 0);
	EXPECT_ERRNO(send(fd, "x", 1, MSG_NOSIGNAL), EPIPE);
}

PROBE(.promise = "A client that wrote and closed before it was accepted has its say: logger and "
		 "other short-lived clients do not wait",
      .source = "man 2 accept; man 7 unix", .covers = COVERS("accept:AF_UNIX"),
      .call = {CALL(SYS_accept), CALL(SYS_accept4)}, .setup = setup, .run = run);
