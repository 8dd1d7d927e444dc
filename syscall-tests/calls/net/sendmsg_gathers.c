/* SPDX-License-Identifier: MIT */
#include "probe.h"
#include "lib/netpair.h"

static int tcp[2];

static void setup(void)
{
	tcp_pair(tcp);
	interrupt_when_late();
}

static void run(void)
{
	char one[3] = "", two[8] = "", none;
	struct iovec out[] = {{"a", 1}, {"bcd", 3}, {NULL, 0}, {"efghi", 5}, {"jk", 2}};
	struct iovec in[] = {{one, 2}, {&none, 0}, {two, 7}};
	struct msghdr msg_out = {.msg_iov = out, .msg_iovlen = 5};
	struct msghdr msg_in = {.msg_iov = in, .msg_iovlen = 3};

	REQUIRE_EQ(sendmsg(tcp[0], &msg_out, 0), 11);
	/* All that there is room for, however it comes; the rest stays. */
	REQUIRE_EQ(recvmsg(tcp[1], &msg_in, MSG_WAITALL), 9);
	EXPECT_STR(one, "ab");
	EXPECT_STR(two, "cdefghi");
	in[0].iov_len = 1;
	REQUIRE_EQ(recvmsg(tcp[1], &msg_in, MSG_DONTWAIT), 2);
	EXPECT_EQ(one[0], 'j');
	EXPECT_EQ(two[0], 'k');
	EXPECT_EQ(one[1], 'b');
	EXPECT_EQ(two[1], 'd');
}

PROBE(.promise = "sendmsg sends the bytes of all its vectors in order, recvmsg fills one after "
		 "the other, empty ones among them",
      .source = "man 2 sendmsg; man 2 recvmsg; POSIX.1-2017 sendmsg",
      .covers = COVERS("sendmsg", "recvmsg", "recvmsg:MSG_WAITALL"),
      .call = {CALL(SYS_sendmsg), CALL(SYS_recvmsg)}, .setup = setup, .run = run);
