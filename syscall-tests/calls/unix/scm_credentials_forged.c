/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <sys/socket.h>

#include "probe.h"
#include "lib/user.h"

static int sv[2];

static void setup(void)
{
	SETUP_OK(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, sv));
	SETUP_OK(setsockopt(sv[1], SOL_SOCKET, SO_PASSCRED, &(int){1}, sizeof(int)));
}

union control {
	struct cmsghdr head;
	char buf[CMSG_SPACE(sizeof(struct ucred))];
};

static ssize_t say_as(pid_t pid, uid_t uid, gid_t gid)
{
	struct ucred cred = {pid, uid, gid};
	union control control = {0};
	struct iovec iov = {"!", 1};
	struct msghdr msg = {.msg_iov = &iov,
			     .msg_iovlen = 1,
			     .msg_control = control.buf,
			     .msg_controllen = sizeof(control.buf)};

	control.head.cmsg_level = SOL_SOCKET;
	control.head.cmsg_type = SCM_CREDENTIALS;
	control.head.cmsg_len = CMSG_LEN(sizeof(cred));
	memcpy(CMSG_DATA(&control.head), &cred, sizeof(cred));
	return sendmsg(sv[0], &msg, 0);
}

static void user(void *arg)
{
	EXPECT_ERRNO(say_as(1, USER_UID, USER_GID), EPERM);
	EXPECT_ERRNO(say_as(getpid(), 0, USER_GID), EPERM);
	EXPECT_ERRNO(say_as(getpid(), USER_UID, 0), EPERM);
	REQUIRE_EQ(say_as(getpid(), USER_UID, USER_GID), 1);
	mark_set(0, getpid());
}

static void run(void)
{
	union control control = {0};
	char byte;
	struct iovec iov = {&byte, 1};
	struct msghdr msg = {.msg_iov = &iov,
			     .msg_iovlen = 1,
			     .msg_control = control.buf,
			     .msg_controllen = sizeof(control.buf)};
	struct ucred cred = {0};

	as_user(user, NULL);
	EXPECT_EQ(recvmsg(sv[1], &msg, MSG_DONTWAIT), 1);
	EXPECT(msg.msg_controllen >= CMSG_LEN(sizeof(cred)) &&
		       control.head.cmsg_type == SCM_CREDENTIALS,
	       "the message carries no credentials");
	memcpy(&cred, CMSG_DATA(&control.head), sizeof(cred));
	EXPECT_EQ(cred.pid, mark_get(0));
	EXPECT_EQ(cred.uid, USER_UID);
	EXPECT_EQ(cred.gid, USER_GID);
	EXPECT_ERRNO(recvmsg(sv[1], &msg, MSG_DONTWAIT), EAGAIN);
}

PROBE(.promise = "An ordinary process can send no credentials but its own (EPERM): who reads them "
		 "may trust them",
      .source = "man 7 unix (SCM_CREDENTIALS)", .covers = COVERS("sendmsg:SCM_CREDENTIALS"),
      .needs = NEEDS("root"), .call = {CALL(SYS_sendmsg)}, .setup = setup, .run = run);
