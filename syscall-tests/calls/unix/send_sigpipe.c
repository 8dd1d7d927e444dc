/* SPDX-License-Identifier: MIT */
#include <sys/socket.h>

#include "probe.h"

static int sv[2];

static void setup(void)
{
	SETUP_OK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sv));
	SETUP_EQ(write(sv[1], "left over", 9), 9);
	SETUP_OK(close(sv[1]));
	signal_watch(SIGPIPE);
}

static void run(void)
{
	char buf[16] = "";

	EXPECT_ERRNO(send(sv[0], "x", 1, MSG_NOSIGNAL), EPIPE);
	EXPECT_EQ(signal_count(SIGPIPE), 0);
	EXPECT_ERRNO(send(sv[0], "x", 1, 0), EPIPE);
	EXPECT_EQ(signal_count(SIGPIPE), 1);
	EXPECT_ERRNO(write(sv[0], "x", 1), EPIPE);
	EXPECT_EQ(signal_count(SIGPIPE), 2);
	EXPECT_EQ(read(sv[0], buf, 16), 9);
	EXPECT_STR(buf, "left over");
	EXPECT_EQ(read(sv[0], buf, 16), 0);
}

PROBE(.promise = "Sending where nobody receives is EPIPE and SIGPIPE, without the signal under "
		 "MSG_NOSIGNAL; what came before can still be read",
      .source = "man 2 send; POSIX.1-2017 send",
      .covers = COVERS("sendto:MSG_NOSIGNAL", "write:EPIPE"), .call = {CALL(SYS_sendto)},
      .setup = setup, .run = run);
