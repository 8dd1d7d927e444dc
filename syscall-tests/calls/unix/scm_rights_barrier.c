/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sys/socket.h>

#include "probe.h"
#include "lib/passfd.h"

static int sv[2], file;

static void setup(void)
{
	SETUP_OK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sv));
	file = (int)SETUP_OK(open(tmp_file("file", "content", 7, 0600), O_RDONLY | O_CLOEXEC));
	SETUP_EQ(passfd_send(sv[0], "abcd", 4, NULL, 0), 4);
	SETUP_EQ(passfd_send(sv[0], "e", 1, &file, 1), 1);
	SETUP_EQ(passfd_send(sv[0], "fghi", 4, NULL, 0), 4);
	interrupt_when_late();
}

static void run(void)
{
	char buf[20] = "", content[8] = "";
	struct passfd got;

	passfd_receive(&got, sv[1], buf, sizeof(buf), 0);
	EXPECT_EQ(got.bytes, 5);
	EXPECT_BYTES(buf, "abcde", 5);
	REQUIRE_EQ(got.fds, 1);
	EXPECT_EQ(read(got.fd[0], content, 7), 7);
	EXPECT_STR(content, "content");
	passfd_receive(&got, sv[1], buf, sizeof(buf), 0);
	EXPECT_EQ(got.bytes, 4);
	EXPECT_BYTES(buf, "fghi", 4);
	EXPECT_EQ(got.fds, 0);
}

PROBE(.promise = "In a stream, descriptors arrive with the bytes they were sent with: a receive "
		 "ends there, however much follows",
      .source = "man 7 unix (ancillary data forms a barrier)",
      .covers = COVERS("recvmsg:SCM_RIGHTS"), .call = {CALL(SYS_recvmsg)}, .setup = setup,
      .run = run);
