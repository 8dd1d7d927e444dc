/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "probe.h"
#include "lib/passfd.h"

static int sv[2], file;

static void setup(void)
{
	SETUP_OK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sv));
	file = (int)SETUP_OK(open(tmp_file("file", "0123456789", 10, 0600), O_RDONLY | O_CLOEXEC));
}

static int receive_fds(int *ret_fds, int flags)
{
	char byte = 0;
	struct passfd got;

	REQUIRE(wait_events(sv[1], POLLIN) & POLLIN, "no message arrived");
	passfd_receive(&got, sv[1], &byte, 1, flags);
	REQUIRE_EQ(got.bytes, 1);
	EXPECT_EQ(byte, '!');
	EXPECT_EQ(got.flags & MSG_CTRUNC, 0);
	REQUIRE(got.fds > 0 && got.fds <= 2, "the message carries no descriptors");
	memcpy(ret_fds, got.fd, (size_t)got.fds * sizeof(int));
	return got.fds;
}

static void run(void)
{
	int got[2] = {-1, -1}, both[2] = {file, sv[0]};
	char buf[4] = "";

	REQUIRE_EQ(passfd_send(sv[0], "!", 1, both, 2), 1);
	REQUIRE_EQ(receive_fds(got, MSG_CMSG_CLOEXEC), 2);
	EXPECT(got[0] != file && got[1] != sv[0], "the numbers received are those sent");
	EXPECT_EQ(fcntl(got[0], F_GETFD), FD_CLOEXEC);
	EXPECT_EQ(read(got[0], buf, 3), 3);
	EXPECT_STR(buf, "012");
	EXPECT_EQ(lseek(file, 0, SEEK_CUR), 3);

	/* In flight, the message keeps the file alive. */
	REQUIRE_EQ(passfd_send(sv[0], "!", 1, &file, 1), 1);
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
