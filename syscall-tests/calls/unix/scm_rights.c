/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "probe.h"

static int sv[2], file;

static void setup(void)
{
	SETUP_OK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sv));
	file = (int)SETUP_OK(open(tmp_file("file", "0123456789", 10, 0600), O_RDONLY | O_CLOEXEC));
}

static void send_fds(const int *fds, int n)
{
	union {
		struct cmsghdr align;
		char buf[CMSG_SPACE(2 * sizeof(int))];
	} control = {0};
	struct iovec iov = {"!", 1};
	struct msghdr msg = {.msg_iov = &iov,
			     .msg_iovlen = 1,
			     .msg_control = control.buf,
			     .msg_controllen = CMSG_SPACE((size_t)n * sizeof(int))};
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN((size_t)n * sizeof(int));
	memcpy(CMSG_DATA(c), fds, (size_t)n * sizeof(int));
	REQUIRE_EQ(sendmsg(sv[0], &msg, 0), 1);
}

static int receive_fds(int *ret_fds, int flags)
{
	union {
		struct cmsghdr align;
		char buf[CMSG_SPACE(2 * sizeof(int))];
	} control = {0};
	char byte = 0;
	struct iovec iov = {&byte, 1};
	struct msghdr msg = {.msg_iov = &iov,
			     .msg_iovlen = 1,
			     .msg_control = control.buf,
			     .msg_controllen = sizeof(control.buf)};
	const struct cmsghdr *c;

	REQUIRE(wait_events(sv[1], POLLIN) & POLLIN, "no message arrived");
	REQUIRE_EQ(recvmsg(sv[1], &msg, flags), 1);
	EXPECT_EQ(byte, '!');
	EXPECT_EQ(msg.msg_flags & MSG_CTRUNC, 0);
	c = CMSG_FIRSTHDR(&msg);
	REQUIRE(c && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS,
		"the message carries no descriptors");
	memcpy(ret_fds, CMSG_DATA(c), c->cmsg_len - CMSG_LEN(0));
	return (int)((c->cmsg_len - CMSG_LEN(0)) / sizeof(int));
}

static void run(void)
{
	int got[2] = {-1, -1}, both[2] = {file, sv[0]};
	char buf[4] = "";

	send_fds(both, 2);
	REQUIRE_EQ(receive_fds(got, MSG_CMSG_CLOEXEC), 2);
	EXPECT(got[0] != file && got[1] != sv[0], "the numbers received are those sent");
	EXPECT_EQ(fcntl(got[0], F_GETFD), FD_CLOEXEC);
	EXPECT_EQ(read(got[0], buf, 3), 3);
	EXPECT_STR(buf, "012");
	EXPECT_EQ(lseek(file, 0, SEEK_CUR), 3);

	/* In flight, the message keeps the file alive. */
	send_fds(&file, 1);
	SETUP_OK(close(file));
	SETUP_OK(close(got[0]));
	EXPECT_ERRNO(fcntl(file, F_GETFD), EBADF);
	REQUIRE_EQ(receive_fds(got, 0), 1);
	EXPECT_EQ(fcntl(got[0], F_GETFD), 0);
	EXPECT_EQ(read(got[0], buf, 3), 3);
	EXPECT_STR(buf, "345");
}

PROBE(.promise =
	      "SCM_RIGHTS hands open files over: new numbers, one position, alive while in flight, "
	      "close-on-exec if asked; sshd and nginx pass descriptors so",
      .source = "man 7 unix; man 2 recvmsg",
      .covers = COVERS("sendmsg:SCM_RIGHTS", "recvmsg:SCM_RIGHTS", "recvmsg:MSG_CMSG_CLOEXEC"),
      .call = {CALL(SYS_sendmsg)}, .setup = setup, .run = run);
