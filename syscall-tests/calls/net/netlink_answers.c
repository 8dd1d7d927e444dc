/* SPDX-License-Identifier: MIT */
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <poll.h>
#include <string.h>

#include "probe.h"
#include "lib/netpair.h"

struct answer {
	struct nlmsghdr head;
	struct nlmsgerr error;
};

static unsigned lo;
static int fd;

static void setup(void)
{
	lo = if_nametoindex("lo");
	SETUP(lo > 0, "if_nametoindex: %s", errno_name(errno));
	fd = (int)SETUP_OK(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
}

static void ask(int index, unsigned flags, uint32_t sequence)
{
	struct {
		struct nlmsghdr head;
		struct ifinfomsg body;
	} ask = {.head = {sizeof(ask), RTM_GETLINK, (uint16_t)(NLM_F_REQUEST | flags), sequence, 0},
		 .body.ifi_index = index};

	REQUIRE_EQ(send(fd, &ask, sizeof(ask), 0), (long)sizeof(ask));
}

/* Takes the next message, which is required to be of this type; several may come at once. */
static void take(void *ret, size_t len, uint16_t type, uint32_t sequence)
{
	static _Alignas(struct nlmsghdr) char buf[16384];
	static const struct nlmsghdr *h;
	static ssize_t left;

	if (!NLMSG_OK(h, left)) {
		REQUIRE(wait_events(fd, POLLIN) & POLLIN, "question %u: no message of type %u came",
			sequence, type);
		left = recv(fd, buf, sizeof(buf), MSG_DONTWAIT);
		h = (void *)buf;
	}
	REQUIRE(NLMSG_OK(h, left) && h->nlmsg_len >= len, "the answer is %zd bytes, %s", left,
		errno_name(errno));
	REQUIRE_EQ(h->nlmsg_type, type);
	REQUIRE_EQ(h->nlmsg_seq, sequence);
	memcpy(ret, h, len);
	h = NLMSG_NEXT(h, left);
}

static void run(void)
{
	struct {
		struct nlmsghdr head;
		struct ifinfomsg body;
	} link;
	struct answer answer;

	ask((int)lo, 0, 1);
	take(&link, sizeof(link), RTM_NEWLINK, 1);
	EXPECT_EQ(link.body.ifi_index, lo);
	EXPECT_EQ(link.body.ifi_flags & (IFF_UP | IFF_LOOPBACK), IFF_UP | IFF_LOOPBACK);
	/* Asked for, there is an acknowledgement as well: an error of 0. */
	ask((int)lo, NLM_F_ACK, 2);
	take(&link, sizeof(link), RTM_NEWLINK, 2);
	take(&answer, sizeof(answer), NLMSG_ERROR, 2);
	EXPECT_EQ(answer.error.error, 0);
	ask(0x7ffffff0, 0, 3);
	take(&answer, sizeof(answer), NLMSG_ERROR, 3);
	EXPECT_EQ(answer.error.error, -ENODEV);
	EXPECT_EQ(answer.error.msg.nlmsg_type, RTM_GETLINK);
}

PROBE(.promise = "A netlink question about one interface is answered by that one, about none by "
		 "NLMSG_ERROR with the question, and NLM_F_ACK adds an error of 0",
      .source = "man 7 netlink; man 7 rtnetlink",
      .covers = COVERS("sendto:RTM_GETLINK", "sendto:NLM_F_ACK"),
      .call = {CALL(SYS_sendto), CALL(SYS_recvfrom)}, .setup = setup, .run = run);
