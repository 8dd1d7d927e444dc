/* SPDX-License-Identifier: MIT */
#include <sys/socket.h>

#include "probe.h"

static int sv[2];

static void setup(void)
{
	SETUP_OK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sv));
	SETUP_EQ(write(sv[0], "abc", 3), 3);
	SETUP_EQ(write(sv[0], "defg", 4), 4);
	interrupt_when_late();
}

static int waiting(void)
{
	int n = -1;

	EXPECT_OK(ioctl(sv[1], FIONREAD, &n));
	return n;
}

static void run(void)
{
	char buf[16] = "";

	EXPECT_EQ(waiting(), 7);
	EXPECT_EQ(recv(sv[1], buf, 2, MSG_PEEK), 2);
	EXPECT_STR(buf, "ab");
	EXPECT_EQ(waiting(), 7);
	EXPECT_EQ(recv(sv[1], buf, 5, MSG_WAITALL), 5);
	EXPECT_STR(buf, "abcde");
	EXPECT_EQ(waiting(), 2);
	EXPECT_EQ(recv(sv[1], buf, sizeof(buf), MSG_PEEK), 2);
	EXPECT_EQ(recv(sv[1], buf, sizeof(buf), MSG_DONTWAIT), 2);
	EXPECT_STR(buf, "fgcde");
	EXPECT_ERRNO(recv(sv[1], buf, sizeof(buf), MSG_PEEK | MSG_DONTWAIT), EAGAIN);
	EXPECT_EQ(waiting(), 0);
}

PROBE(.promise = "On a unix stream MSG_PEEK looks without taking, and FIONREAD tells how many "
		 "bytes wait",
      .source = "man 7 unix (SIOCINQ); man 2 recv",
      .covers = COVERS("recvfrom:MSG_PEEK", "ioctl:FIONREAD"),
      .call = {CALL(SYS_recvfrom), CALL_IOCTL(FIONREAD)}, .setup = setup, .run = run);
