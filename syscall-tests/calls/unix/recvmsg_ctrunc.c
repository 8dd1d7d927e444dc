/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>

#include "probe.h"
#include "lib/passfd.h"

static int sv[2];

static void setup(void)
{
	int fds[2];

	SETUP_OK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sv));
	SETUP_OK(pipe2(fds, O_CLOEXEC));
	SETUP_EQ(passfd_send(sv[0], "ab", 2, fds, 2), 2);
	SETUP_OK(close(fds[0]));
	SETUP_OK(close(fds[1]));
	SETUP(wait_events(sv[1], POLLIN) & POLLIN, "no message arrived");
	interrupt_when_late();
}

static void run(void)
{
	char data[2] = "";
	struct iovec iov = {data, 2};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};
	int next = (int)SETUP_OK(dup(0));

	SETUP_OK(close(next));
	REQUIRE_EQ(recvmsg(sv[1], &msg, 0), 2);
	EXPECT_BYTES(data, "ab", 2);
	EXPECT_EQ(msg.msg_flags & MSG_CTRUNC, MSG_CTRUNC);
	EXPECT_EQ(msg.msg_controllen, 0);
	/* The two descriptors were closed, not left behind under some number. */
	EXPECT_EQ(dup(0), next);
}

PROBE(.promise = "Descriptors for which the receiver leaves no room are closed, and MSG_CTRUNC "
		 "says so",
      .source = "man 7 unix; man 2 recvmsg",
      .covers = COVERS("recvmsg:SCM_RIGHTS", "recvmsg:MSG_CTRUNC"), .call = {CALL(SYS_recvmsg)},
      .setup = setup, .run = run);
