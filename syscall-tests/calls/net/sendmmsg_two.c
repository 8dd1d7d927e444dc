/* SPDX-License-Identifier: MIT */
#include <poll.h>

#include "probe.h"
#include "lib/netpair.h"

static struct sockaddr_in addr, from_addr;
static int fd, from;

static void setup(void)
{
	fd = udp_bound(&addr);
	from = udp_bound(&from_addr);
	SETUP_OK(connect(from, (struct sockaddr *)&addr, sizeof(addr)));
}

static void run(void)
{
	char one[8] = "", two[8] = "", rest[8];
	struct iovec out[] = {{"four", 4}, {"sixsix", 6}};
	struct iovec in[] = {{one, 8}, {two, 8}, {rest, 8}};
	struct mmsghdr send_two[2] = {{.msg_hdr = {.msg_iov = &out[0], .msg_iovlen = 1}},
				      {.msg_hdr = {.msg_iov = &out[1], .msg_iovlen = 1}}};
	struct mmsghdr take[3] = {{.msg_hdr = {.msg_iov = &in[0], .msg_iovlen = 1}},
				  {.msg_hdr = {.msg_iov = &in[1], .msg_iovlen = 1}},
				  {.msg_hdr = {.msg_iov = &in[2], .msg_iovlen = 1}}};

	/* The calls themselves: the library may send one by one. */
	REQUIRE_EQ(syscall(SYS_sendmmsg, from, send_two, 2, 0), 2);
	EXPECT_EQ(send_two[0].msg_len, 4);
	EXPECT_EQ(send_two[1].msg_len, 6);
	REQUIRE(wait_events(fd, POLLIN) & POLLIN, "nothing came");
	REQUIRE_EQ(syscall(SYS_recvmmsg, fd, take, 2, 0, NULL), 2);
	EXPECT_EQ(take[0].msg_len, 4);
	EXPECT_BYTES(one, "four", 4);
	EXPECT_EQ(take[1].msg_len, 6);
	EXPECT_BYTES(two, "sixsix", 6);
	EXPECT_ERRNO(syscall(SYS_recvmmsg, fd, take, 3, MSG_DONTWAIT, NULL), EAGAIN);
}

PROBE(.promise = "sendmmsg sends several datagrams and tells the length of each, recvmmsg takes "
		 "several: glibc's resolver asks for both kinds of addresses so",
      .source = "man 2 sendmmsg; man 2 recvmmsg", .covers = COVERS("sendmmsg", "recvmmsg"),
      .call = {CALL(SYS_sendmmsg), CALL(SYS_recvmmsg)}, .setup = setup, .run = run);
