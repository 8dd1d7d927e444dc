/* SPDX-License-Identifier: MIT */
#include <linux/rtnetlink.h>
#include <poll.h>

#include "probe.h"
#include "lib/netpair.h"

enum { SEQUENCE = 4711 };

static _Alignas(struct nlmsghdr) char buf[64 << 10];
static uint32_t port;
static int fd;

static void setup(void)
{
	struct sockaddr_nl own = {.nl_family = AF_NETLINK};
	socklen_t len = sizeof(own);

	fd = (int)SETUP_OK(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
	SETUP_OK(bind(fd, (struct sockaddr *)&own, sizeof(own)));
	SETUP_OK(getsockname(fd, (struct sockaddr *)&own, &len));
	port = own.nl_pid;
}

/* Whether it is a way to 127.0.0.1, or to all of its network. */
static bool is_loopback(const struct nlmsghdr *h)
{
	const struct rtmsg *rtm = NLMSG_DATA(h);
	int len = (int)RTM_PAYLOAD(h);

	if (rtm->rtm_family != AF_INET || rtm->rtm_dst_len < 8 ||
	    (rtm->rtm_type != RTN_LOCAL && rtm->rtm_type != RTN_UNICAST))
		return false;
	for (const struct rtattr *a = RTM_RTA(rtm); RTA_OK(a, len); a = RTA_NEXT(a, len))
		if (a->rta_type == RTA_DST)
			return *(const unsigned char *)RTA_DATA(a) == 127;
	return false;
}

static void run(void)
{
	struct {
		struct nlmsghdr head;
		struct rtmsg body;
	} ask = {.head = {sizeof(ask), RTM_GETROUTE, NLM_F_REQUEST | NLM_F_DUMP, SEQUENCE, 0},
		 .body.rtm_family = AF_INET};
	bool done = false;
	int found = 0;

	REQUIRE_EQ(send(fd, &ask, sizeof(ask), 0), (long)sizeof(ask));
	while (!done) {
		REQUIRE(wait_events(fd, POLLIN) & POLLIN, "the dump does not end");
		ssize_t n = recv(fd, buf, sizeof(buf), MSG_DONTWAIT);

		REQUIRE(n > 0, "recv gave %zd, %s", n, errno_name(errno));
		for (const struct nlmsghdr *h = (void *)buf; !done && NLMSG_OK(h, n);
		     h = NLMSG_NEXT(h, n)) {
			REQUIRE_EQ(h->nlmsg_seq, SEQUENCE);
			EXPECT_EQ(h->nlmsg_pid, port);
			EXPECT_EQ(h->nlmsg_flags & NLM_F_MULTI, NLM_F_MULTI);
			done = h->nlmsg_type == NLMSG_DONE;
			REQUIRE(done || h->nlmsg_type == RTM_NEWROUTE, "a message is of type %u",
				h->nlmsg_type);
			found += !done && is_loopback(h);
		}
	}
	EXPECT(found > 0, "no route leads to 127.0.0.1");
}

PROBE(.promise = "A dump of routes over netlink lists the loopback network's and ends with "
		 "NLMSG_DONE, every message with the number of the question; ip route reads it",
      .source = "man 7 rtnetlink; man 7 netlink", .covers = COVERS("sendto:RTM_GETROUTE"),
      .call = {CALL(SYS_sendto), CALL(SYS_recvfrom)}, .setup = setup, .run = run);
