/* SPDX-License-Identifier: MIT */
#include <sys/socket.h>

#include "probe.h"
#include "lib/unixaddr.h"

enum { BACKLOG = 2, TRIES = 12 };

static struct sockaddr_un addr;
static int listener;

static void setup(void)
{
	listener = unix_listener("socket", BACKLOG, &addr);
}

static int try_connect(void)
{
	int fd = (int)SETUP_OK(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));

	return connect(fd, (struct sockaddr *)&addr, sizeof(addr));
}

static void run(void)
{
	int n = 0;

	while (n < TRIES && try_connect() == 0)
		n++;
	EXPECT(n >= BACKLOG && n < TRIES, "%d connections were taken with a backlog of %d", n,
	       BACKLOG);
	EXPECT_ERRNO(try_connect(), EAGAIN);
	int fd = (int)REQUIRE_OK(accept(listener, NULL, NULL)), type = 0;

	EXPECT_OK(getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &(socklen_t){sizeof(type)}));
	EXPECT_EQ(type, SOCK_STREAM);
	EXPECT_OK(try_connect());
}

PROBE(.promise =
	      "When a unix listener's backlog is full, a non-blocking connect answers EAGAIN, and "
	      "succeeds after an accept",
      .source = "man 2 connect; man 2 listen", .covers = COVERS("connect:AF_UNIX", "listen"),
      .call = {CALL(SYS_connect)}, .setup = setup, .run = run);
