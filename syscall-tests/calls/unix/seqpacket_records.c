/* SPDX-License-Identifier: MIT */
#include <poll.h>
#include <sys/socket.h>

#include "probe.h"

static int sv[2];

static void setup(void)
{
	SETUP_OK(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sv));
	SETUP_EQ(send(sv[0], "first", 5, 0), 5);
	SETUP_EQ(send(sv[0], "second", 6, 0), 6);
	SETUP_EQ(send(sv[0], "third", 5, 0), 5);
	SETUP(wait_events(sv[1], POLLIN) & POLLIN, "no record arrived");
	interrupt_when_late();
}

static void run(void)
{
	char buf[16] = "";
	struct iovec iov = {buf, 3};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};

	EXPECT_EQ(recvmsg(sv[1], &msg, MSG_PEEK | MSG_TRUNC), 5);
	iov.iov_len = 16;
	REQUIRE_EQ(recvmsg(sv[1], &msg, 0), 5);
	EXPECT_BYTES(buf, "first", 5);
	EXPECT_EQ(msg.msg_flags & MSG_TRUNC, 0);
	iov.iov_len = 3;
	EXPECT_EQ(recvmsg(sv[1], &msg, 0), 3);
	EXPECT_EQ(msg.msg_flags & MSG_TRUNC, MSG_TRUNC);
	iov.iov_len = 16;
	EXPECT_EQ(recvmsg(sv[1], &msg, 0), 5);
	EXPECT_BYTES(buf, "third", 5);
	SETUP_OK(close(sv[0]));
	EXPECT_EQ(recvmsg(sv[1], &msg, 0), 0);
}

PROBE(.promise = "A sequenced-packet socket keeps records apart, cuts one that does not fit and "
		 "says so",
      .source = "man 7 unix; man 2 recvmsg",
      .covers = COVERS("socketpair:SOCK_SEQPACKET", "recvmsg:MSG_TRUNC"),
      .call = {CALL(SYS_recvmsg)}, .setup = setup, .run = run);
