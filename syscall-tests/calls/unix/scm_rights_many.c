/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sys/socket.h>

#include "probe.h"
#include "lib/passfd.h"

enum { MOST = 253 };

static int sv[2], ends[2], fds[MOST];

static void setup(void)
{
	SETUP_OK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sv));
	SETUP_OK(pipe2(ends, O_NONBLOCK));
	for (int i = 0; i < MOST; i++)
		fds[i] = ends[i % 2];
	interrupt_when_late();
}

static void run(void)
{
	struct passfd got;
	char byte = 0;

	REQUIRE_EQ(passfd_send(sv[0], "!", 1, fds, MOST), 1);
	passfd_receive(&got, sv[1], &byte, 1, 0);
	REQUIRE_EQ(got.bytes, 1);
	EXPECT_EQ(byte, '!');
	EXPECT_EQ(got.flags & MSG_CTRUNC, 0);
	REQUIRE_EQ(got.fds, MOST);
	/* The last two, in their order. */
	EXPECT_EQ(write(got.fd[MOST - 2], "x", 1), 1);
	EXPECT_EQ(read(got.fd[MOST - 1], &byte, 1), 1);
	EXPECT_EQ(byte, 'x');
}

PROBE(.promise = "One message carries 253 descriptors, and they arrive in their order",
      .source = "man 7 unix (SCM_MAX_FD)", .covers = COVERS("sendmsg:SCM_RIGHTS"),
      .call = {CALL(SYS_sendmsg)}, .setup = setup, .run = run);
