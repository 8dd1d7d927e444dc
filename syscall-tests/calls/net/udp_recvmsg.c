/* SPDX-License-Identifier: MIT */
#include <poll.h>

#include "probe.h"
#include "lib/netpair.h"

static int a, b;
static struct sockaddr_in addr_a, addr_b;

static int bound(struct sockaddr_in *ret)
{
	struct sockaddr_in sa = loop4(0);
	socklen_t len = sizeof(*ret);
	int fd = (int)SETUP_OK(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));

	SETUP_OK(bind(fd, (struct sockaddr *)&sa, sizeof(sa)));
	SETUP_OK(getsockname(fd, (struct sockaddr *)ret, &len));
	return fd;
}

static void setup(void)
{
	a = bound(&addr_a);
	b = bound(&addr_b);
	SETUP_EQ(sendto(b, "datagram", 8, 0, (struct sockaddr *)&addr_a, sizeof(addr_a)), 8);
	SETUP_EQ(sendto(b, "", 0, 0, (struct sockaddr *)&addr_a, sizeof(addr_a)), 0);
	SETUP(wait_events(a, POLLIN) & POLLIN, "no datagram arrived");
	interrupt_when_late();
}

static void run(void)
{
	struct sockaddr_in from = {0};
	char buf[4] = "";
	struct iovec iov = {buf, 4};
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1, .msg_name = &from, .msg_namelen = sizeof(from)};

	EXPECT_EQ(recvmsg(a, &msg, MSG_PEEK | MSG_TRUNC), 8);
	REQUIRE_EQ(recvmsg(a, &msg, 0), 4);
	EXPECT_BYTES(buf, "data", 4);
	EXPECT_EQ(msg.msg_flags & MSG_TRUNC, MSG_TRUNC);
	EXPECT_EQ(msg.msg_namelen, (long)sizeof(from));
	EXPECT_BYTES(&from, &addr_b, 8);
	/* The rest of it is gone; an empty datagram is one too. */
	REQUIRE(wait_events(a, POLLIN) & POLLIN, "the empty datagram is not readable");
	EXPECT_EQ(recvmsg(a, &msg, 0), 0);
	EXPECT_EQ(msg.msg_flags & MSG_TRUNC, 0);
	EXPECT_ERRNO(recvmsg(a, &msg, MSG_DONTWAIT), EAGAIN);
}

PROBE(.promise = "recvmsg takes one datagram with its sender, cuts what does not fit and says so; "
		 "an empty "
		 "one counts",
      .source = "man 2 recvmsg; man 7 udp",
      .covers = COVERS("recvmsg:MSG_TRUNC", "sendto", "socket:SOCK_DGRAM"),
      .call = {CALL(SYS_recvmsg)}, .setup = setup, .run = run);
