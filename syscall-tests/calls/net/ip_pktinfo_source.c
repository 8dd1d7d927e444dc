/* SPDX-License-Identifier: MIT */
#include <poll.h>
#include <string.h>

#include "probe.h"
#include "lib/netpair.h"

static struct sockaddr_in addr;
static int fd, from;

static void setup(void)
{
	fd = udp_bound(&addr);
	from = (int)SETUP_OK(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
}

static ssize_t send_from(uint32_t ip)
{
	union {
		struct cmsghdr align;
		char buf[CMSG_SPACE(sizeof(struct in_pktinfo))];
	} control = {0};
	struct in_pktinfo info = {.ipi_spec_dst.s_addr = htonl(ip)};
	struct iovec iov = {"answer", 6};
	struct msghdr msg = {.msg_iov = &iov,
			     .msg_iovlen = 1,
			     .msg_name = &addr,
			     .msg_namelen = sizeof(addr),
			     .msg_control = control.buf,
			     .msg_controllen = sizeof(control.buf)};
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);

	c->cmsg_level = IPPROTO_IP;
	c->cmsg_type = IP_PKTINFO;
	c->cmsg_len = CMSG_LEN(sizeof(info));
	memcpy(CMSG_DATA(c), &info, sizeof(info));
	return sendmsg(from, &msg, 0);
}

static void run(void)
{
	struct sockaddr_in who = {0};
	socklen_t len = sizeof(who);
	char buf[8] = "";

	REQUIRE_EQ(send_from(INADDR_LOOPBACK + 2), 6);
	REQUIRE(wait_events(fd, POLLIN) & POLLIN, "the datagram did not arrive");
	REQUIRE_EQ(recvfrom(fd, buf, 8, MSG_DONTWAIT, (struct sockaddr *)&who, &len), 6);
	EXPECT_STR(buf, "answer");
	EXPECT_EQ(ntohl(who.sin_addr.s_addr), INADDR_LOOPBACK + 2);
}

PROBE(.promise = "IP_PKTINFO in sendmsg chooses the address that a datagram comes from: a server "
		 "of names answers from the one that was asked",
      .source = "man 7 ip (IP_PKTINFO)", .covers = COVERS("sendmsg:IP_PKTINFO"),
      .call = {CALL(SYS_sendmsg)}, .setup = setup, .run = run);
