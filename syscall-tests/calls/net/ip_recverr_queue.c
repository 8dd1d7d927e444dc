/* SPDX-License-Identifier: MIT */
#include <netinet/ip_icmp.h>
#include <poll.h>
#include <string.h>
#include <time.h>

/* It needs struct timespec, and does not say so. */
#include <linux/errqueue.h>

#include "probe.h"
#include "lib/netpair.h"

static struct sockaddr_in nobody;
static int fd;

static void setup(void)
{
	int gone = udp_bound(&nobody);

	SETUP_OK(close(gone));
	fd = (int)SETUP_OK(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
}

static void run(void)
{
	union {
		struct cmsghdr align;
		char buf[256];
	} control = {0};
	struct sockaddr_in to = {0};
	struct sock_extended_err told = {0};
	char data[8] = "";
	struct iovec iov = {data, sizeof(data) - 1};
	struct msghdr msg = {.msg_iov = &iov,
			     .msg_iovlen = 1,
			     .msg_name = &to,
			     .msg_namelen = sizeof(to),
			     .msg_control = control.buf,
			     .msg_controllen = sizeof(control.buf)};
	struct cmsghdr *c;

	REQUIRE_OK(opt_set(fd, IPPROTO_IP, IP_RECVERR, 1));
	SETUP_EQ(sendto(fd, "lost", 4, 0, (struct sockaddr *)&nobody, sizeof(nobody)), 4);
	REQUIRE(wait_events(fd, 0) & POLLERR, "nothing told that the port is unreachable");
	REQUIRE_EQ(recvmsg(fd, &msg, MSG_ERRQUEUE), 4);
	EXPECT_STR(data, "lost");
	EXPECT_EQ(msg.msg_flags & MSG_ERRQUEUE, MSG_ERRQUEUE);
	EXPECT_BYTES(&to, &nobody, 8);
	c = CMSG_FIRSTHDR(&msg);
	REQUIRE(c && c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_RECVERR,
		"the error came without a message of its own");
	memcpy(&told, CMSG_DATA(c), sizeof(told));
	EXPECT_EQ(told.ee_errno, ECONNREFUSED);
	EXPECT_EQ(told.ee_origin, SO_EE_ORIGIN_ICMP);
	EXPECT_EQ(told.ee_type, ICMP_DEST_UNREACH);
	EXPECT_EQ(told.ee_code, ICMP_PORT_UNREACH);
	EXPECT_ERRNO(recvmsg(fd, &msg, MSG_ERRQUEUE), EAGAIN);
}

PROBE(.promise = "With IP_RECVERR what ICMP says about a datagram waits in the error queue, with "
		 "the datagram and where it was sent: an unconnected socket learns of it too",
      .source = "man 7 ip (IP_RECVERR); man 2 recv (MSG_ERRQUEUE)",
      .covers = COVERS("setsockopt:IP_RECVERR", "recvmsg:MSG_ERRQUEUE"),
      .call = {CALL_SETSOCKOPT(IPPROTO_IP, IP_RECVERR), CALL(SYS_recvmsg)}, .setup = setup,
      .run = run);
