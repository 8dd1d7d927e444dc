/* SPDX-License-Identifier: MIT */
#include <poll.h>
#include <sys/socket.h>

#include "probe.h"

static int sv[2];

static void setup(void)
{
	SETUP_OK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sv));
	SETUP_EQ(write(sv[0], "request", 7), 7);
	interrupt_when_late();
}

static void run(void)
{
	char buf[16] = "";

	REQUIRE_OK(shutdown(sv[0], SHUT_WR));
	EXPECT_EQ(wait_events_ms(sv[1], POLLIN | POLLRDHUP, 0), POLLIN | POLLRDHUP);
	EXPECT_EQ(read(sv[1], buf, sizeof(buf)), 7);
	EXPECT_EQ(read(sv[1], buf, sizeof(buf)), 0);
	EXPECT_ERRNO(send(sv[0], "x", 1, MSG_NOSIGNAL), EPIPE);
	/* The other direction lives. */
	EXPECT_EQ(write(sv[1], "answer", 6), 6);
	EXPECT_EQ(read(sv[0], buf, sizeof(buf)), 6);
	EXPECT_BYTES(buf, "answer", 6);
	REQUIRE_OK(shutdown(sv[1], SHUT_RDWR));
	EXPECT_EQ(read(sv[0], buf, sizeof(buf)), 0);
	EXPECT_EQ(wait_events_ms(sv[0], POLLIN, 0), POLLIN | POLLHUP);
	EXPECT_ERRNO(shutdown(sv[0], 77), EINVAL);
}

PROBE(.promise = "Shutting down one half of a socket pair ends that direction and leaves the "
		 "other; a command over ssh learns so that its input ended",
      .source = "man 2 shutdown; POSIX.1-2017 shutdown",
      .covers = COVERS("shutdown:SHUT_WR", "shutdown:SHUT_RDWR", "socketpair:AF_UNIX"),
      .call = {CALL(SYS_shutdown)}, .setup = setup, .run = run);
