/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <sys/socket.h>

#include "probe.h"

static int sv[2];

static void setup(void)
{
	SETUP_OK(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, sv));
	interrupt_when_late();
}

static void run(void)
{
	union {
		struct cmsghdr align;
		char buf[CMSG_SPACE(sizeof(struct ucred))];
	} control = {0};
	char byte;
	struct iovec iov = {&byte, 1};
	struct msghdr msg = {.msg_iov = &iov,
			     .msg_iovlen = 1,
			     .msg_control = control.buf,
			     .msg_controllen = sizeof(control.buf)};
	int on = 1;
	struct ucred cred;
	const struct cmsghdr *c;

	REQUIRE_OK(setsockopt(sv[1], SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)));
	SETUP_EQ(send(sv[0], "!", 1, 0), 1);
	REQUIRE_EQ(recvmsg(sv[1], &msg, 0), 1);
	c = CMSG_FIRSTHDR(&msg);
	REQUIRE(c && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_CREDENTIALS,
		"the message carries no credentials");
	memcpy(&cred, CMSG_DATA(c), sizeof(cred));
	EXPECT_EQ(cred.pid, getpid());
	EXPECT_EQ(cred.uid, getuid());
	EXPECT_EQ(cred.gid, getgid());
}

PROBE(.promise = "With SO_PASSCRED each message tells the process, user and group that sent it",
      .source = "man 7 unix", .covers = COVERS("setsockopt:SO_PASSCRED", "recvmsg:SCM_CREDENTIALS"),
      .call = {CALL_SETSOCKOPT(SOL_SOCKET, SO_PASSCRED)}, .setup = setup, .run = run);
