/* SPDX-License-Identifier: MIT */
#include <poll.h>
#include <sys/socket.h>

#include "probe.h"

static int sv[2];

static void setup(void)
{
	static const char *const messages[] = {"first", "", "second", "third", "x"};
	static const size_t lens[] = {5, 0, 6, 5, 1};

	SETUP_OK(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, sv));
	for (int i = 0; i < 5; i++)
		SETUP_EQ(send(sv[0], messages[i], lens[i], 0), (long)lens[i]);
	interrupt_when_late();
}

static void run(void)
{
	char buf[16] = "";

	EXPECT_EQ(recv(sv[1], buf, sizeof(buf), 0), 5);
	EXPECT_BYTES(buf, "first", 5);
	/* One without a byte is a message, and no end of anything. */
	EXPECT_EQ(wait_events_ms(sv[1], POLLIN, 0), POLLIN);
	EXPECT_EQ(recv(sv[1], buf, sizeof(buf), 0), 0);
	EXPECT_EQ(recv(sv[1], buf, 3, 0), 3);
	EXPECT_BYTES(buf, "sec", 3);
	EXPECT_EQ(recv(sv[1], buf, 2, MSG_TRUNC), 5);
	EXPECT_BYTES(buf, "thc", 3);
	EXPECT_EQ(recv(sv[1], buf, sizeof(buf), 0), 1);
	EXPECT_EQ(buf[0], 'x');
	EXPECT_ERRNO(recv(sv[1], buf, sizeof(buf), MSG_DONTWAIT), EAGAIN);
}

PROBE(.promise = "Unix datagrams are received one by one, an empty one too; what does not fit is "
		 "lost, and MSG_TRUNC tells how long it was",
      .source = "man 7 unix; man 2 recv (MSG_TRUNC)",
      .covers = COVERS("recvfrom:MSG_TRUNC", "socketpair:SOCK_DGRAM"), .call = {CALL(SYS_recvfrom)},
      .setup = setup, .run = run);
