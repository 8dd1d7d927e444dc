/* SPDX-License-Identifier: MIT */
#include "rtnl.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/deadline.h"

#define ANSWER_US	(2 * SEC)
#define ANSWER_AGAIN_US (200 * MSEC)
/* The kernel's own pieces of a dump are at most 32 KiB. */
#define ANSWER_MAX 65536

/* A request as it is made: header, the kind's own structure, attributes. */
struct request {
	size_t n;
	_Alignas(4) uint8_t bytes[512];
};

bool rtnl_is_missing(int code)
{
	return code == -EOPNOTSUPP || code == -ENOSYS || code == -ETIMEDOUT ||
	       code == -EAFNOSUPPORT || code == -EPROTONOSUPPORT;
}

int rtnl_open(struct rtnl *r, struct err *err)
{
	struct sockaddr_nl local = {.nl_family = AF_NETLINK};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);

	if (fd < 0)
		return err_errno(err, errno, "rtnetlink");
	if (bind(fd, (struct sockaddr *)&local, sizeof(local)) < 0) {
		int code = errno;

		close(fd);
		return err_errno(err, code, "rtnetlink: bind");
	}
	*r = (struct rtnl){.fd = fd, .seq = 1};
	return 0;
}

void rtnl_close(struct rtnl *r)
{
	cleanup_close(&r->fd);
}

static void begin(struct request *q, uint16_t type, uint16_t flags, const void *body, size_t n)
{
	struct nlmsghdr head = {.nlmsg_type = type, .nlmsg_flags = NLM_F_REQUEST | flags};

	memset(q, 0, sizeof(*q));
	memcpy(q->bytes, &head, sizeof(head));
	memcpy(q->bytes + sizeof(head), body, n);
	q->n = sizeof(head) + NLMSG_ALIGN(n);
}

/* What is added is ours and small: it fits. */
static void add_attr(struct request *q, uint16_t type, const void *data, size_t n)
{
	struct rtattr head = {.rta_len = (unsigned short)(sizeof(head) + n), .rta_type = type};

	if (q->n + sizeof(head) + RTA_ALIGN(n) > sizeof(q->bytes))
		return;
	memcpy(q->bytes + q->n, &head, sizeof(head));
	memcpy(q->bytes + q->n + sizeof(head), data, n);
	q->n += sizeof(head) + RTA_ALIGN(n);
}

static void add_u32(struct request *q, uint16_t type, uint32_t value)
{
	add_attr(q, type, &value, sizeof(value));
}

static int wait_answer(int fd, uint64_t until_us)
{
	for (;;) {
		struct pollfd p = {.fd = fd, .events = POLLIN};
		uint64_t now = now_us();
		int rc;

		if (now >= until_us)
			return -ETIMEDOUT;
		rc = poll(&p, 1, (int)((until_us - now) / 1000) + 1);
		if (rc > 0)
			return 0;
		if (rc < 0 && errno != EINTR)
			return -errno;
	}
}

/* Answers to request seq until the last of them. */
static int take_answers(struct rtnl *r, struct rtnl_view *v, uint32_t seq)
{
	uint64_t until = now_us() + (r->is_silent ? ANSWER_AGAIN_US : ANSWER_US);
	static uint8_t buf[ANSWER_MAX];

	for (;;) {
		struct sockaddr_nl from = {0};
		socklen_t from_n = sizeof(from);
		ssize_t n;
		int rc = wait_answer(r->fd, until);

		r->is_silent |= rc == -ETIMEDOUT;
		if (rc < 0)
			return rc;
		n = recvfrom(r->fd, buf, sizeof(buf), MSG_TRUNC, (struct sockaddr *)&from, &from_n);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			continue;
		if (n < 0)
			return -errno;
		if ((size_t)n > sizeof(buf))
			return -EMSGSIZE;
		/* Other processes may send to this socket; only the kernel is listened to. */
		if (from.nl_pid != 0)
			continue;
		rc = rtnl_take(v, buf, (size_t)n, seq);
		if (rc != 0)
			return rc < 0 ? rc : 0;
	}
}

static int ask(struct rtnl *r, struct request *q, struct rtnl_view *v)
{
	struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
	struct nlmsghdr head;

	memcpy(&head, q->bytes, sizeof(head));
	head.nlmsg_len = (uint32_t)q->n;
	head.nlmsg_seq = r->seq++;
	memcpy(q->bytes, &head, sizeof(head));
	if (sendto(r->fd, q->bytes, q->n, 0, (struct sockaddr *)&kernel, sizeof(kernel)) < 0)
		return -errno;
	return take_answers(r, v, head.nlmsg_seq);
}

/* A change: what is so already is fine. */
static int change(struct rtnl *r, struct request *q, struct err *err, const char *what)
{
	struct rtnl_view none = {0};
	int rc = ask(r, q, &none);

	rtnl_view_release(&none);
	if (rc == 0 || rc == -EEXIST)
		return 0;
	if (rtnl_is_missing(rc))
		return err_errno(err, -rc, "this kernel's rtnetlink lacks: %s", what);
	return err_errno(err, -rc, "%s", what);
}

static int dump(struct rtnl *r, uint16_t type, uint8_t family, struct rtnl_view *v)
{
	struct request q;
	struct rtmsg route = {.rtm_family = family};
	struct ifaddrmsg addr = {.ifa_family = family};
	struct ifinfomsg link = {.ifi_family = family};

	if (type == RTM_GETROUTE)
		begin(&q, type, NLM_F_DUMP, &route, sizeof(route));
	else if (type == RTM_GETADDR)
		begin(&q, type, NLM_F_DUMP, &addr, sizeof(addr));
	else
		begin(&q, type, NLM_F_DUMP, &link, sizeof(link));
	return ask(r, &q, v);
}

int rtnl_look(struct rtnl *r, struct rtnl_view *ret, struct err *err)
{
	static const struct {
		uint16_t type;
		uint8_t family;
		const char *what;
	} parts[] = {
		{RTM_GETLINK, AF_UNSPEC, "list the links"},
		{RTM_GETADDR, AF_UNSPEC, "list the addresses"},
		{RTM_GETROUTE, AF_INET, "list the IPv4 routes"},
		{RTM_GETROUTE, AF_INET6, "list the IPv6 routes"},
	};
	char lacks[200] = "";
	int first = 0;

	*ret = (struct rtnl_view){0};
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		int rc = dump(r, parts[i].type, parts[i].family, ret);

		if (rc >= 0)
			continue;
		if (first == 0)
			first = rc;
		snprintf(lacks + strlen(lacks), sizeof(lacks) - strlen(lacks), "%s%s",
			 *lacks ? ", " : "", parts[i].what);
	}
	return first ? err_errno(err, -first, "this kernel's rtnetlink lacks: %s", lacks) : 0;
}

static int set_flag_up(struct rtnl *r, const struct rtnl_link *l, bool up, struct err *err)
{
	struct ifinfomsg info = {
		.ifi_index = l->index, .ifi_flags = up ? IFF_UP : 0, .ifi_change = IFF_UP};
	struct request q;
	char what[64];

	begin(&q, RTM_NEWLINK, NLM_F_ACK, &info, sizeof(info));
	snprintf(what, sizeof(what), "set %s %s", l->name, up ? "up" : "down");
	return change(r, &q, err, what);
}

int rtnl_set_up(struct rtnl *r, const struct rtnl_link *l, struct err *err)
{
	return l->flags & IFF_UP ? 0 : set_flag_up(r, l, true, err);
}

int rtnl_set_down(struct rtnl *r, const struct rtnl_link *l, struct err *err)
{
	return set_flag_up(r, l, false, err);
}

int rtnl_set_mtu(struct rtnl *r, const struct rtnl_link *l, uint32_t mtu, struct err *err)
{
	struct ifinfomsg info = {.ifi_index = l->index};
	struct request q;
	char what[64];

	if (l->mtu == mtu)
		return 0;
	begin(&q, RTM_NEWLINK, NLM_F_ACK, &info, sizeof(info));
	add_u32(&q, IFLA_MTU, mtu);
	snprintf(what, sizeof(what), "set the MTU of %s to %u", l->name, mtu);
	return change(r, &q, err, what);
}

int rtnl_set_name(struct rtnl *r, const struct rtnl_link *l, const char *name, struct err *err)
{
	struct ifinfomsg info = {.ifi_index = l->index};
	struct request q;
	char what[64];

	if (strlen(name) >= IFNAMSIZ || strchr(name, '/') || !*name)
		return err_set(err, EINVAL, "not a name of a link");
	begin(&q, RTM_NEWLINK, NLM_F_ACK, &info, sizeof(info));
	add_attr(&q, IFLA_IFNAME, name, strlen(name) + 1);
	snprintf(what, sizeof(what), "rename %s to %s", l->name, name);
	return change(r, &q, err, what);
}

static void begin_addr(struct request *q, uint16_t type, int index, const struct net_addr *a)
{
	struct ifaddrmsg info = {
		.ifa_family = a->family, .ifa_prefixlen = a->prefix, .ifa_index = (unsigned)index};
	size_t size = net_addr_size(a->family);
	struct net_addr last = *a;

	begin(q, type, NLM_F_ACK | (type == RTM_NEWADDR ? NLM_F_CREATE | NLM_F_REPLACE : 0), &info,
	      sizeof(info));
	add_attr(q, IFA_LOCAL, a->bytes, size);
	add_attr(q, IFA_ADDRESS, a->bytes, size);
	if (a->family != AF_INET || a->prefix > 30)
		return;
	for (size_t i = a->prefix; i < 32; i++)
		last.bytes[i / 8] |= (uint8_t)(0x80 >> i % 8);
	add_attr(q, IFA_BROADCAST, last.bytes, size);
}

int rtnl_add_addr(struct rtnl *r, int index, const struct net_addr *a, uint32_t valid_s,
		  struct err *err)
{
	struct ifa_cacheinfo life = {.ifa_prefered = valid_s, .ifa_valid = valid_s};
	char what[96], text[NET_ADDR_TEXT_MAX];
	struct request q;

	begin_addr(&q, RTM_NEWADDR, index, a);
	if (valid_s)
		add_attr(&q, IFA_CACHEINFO, &life, sizeof(life));
	if (a->family == AF_INET6)
		add_u32(&q, IFA_FLAGS, IFA_F_NODAD);
	snprintf(what, sizeof(what), "add the address %s", net_addr_text(a, true, text));
	return change(r, &q, err, what);
}

int rtnl_del_addr(struct rtnl *r, int index, const struct net_addr *a, struct err *err)
{
	char what[96], text[NET_ADDR_TEXT_MAX];
	struct request q;

	begin_addr(&q, RTM_DELADDR, index, a);
	snprintf(what, sizeof(what), "remove the address %s", net_addr_text(a, true, text));
	return change(r, &q, err, what);
}

static void begin_route(struct request *q, uint16_t type, const struct rtnl_route *route,
			bool onlink)
{
	struct rtmsg info = {.rtm_family = route->to.family,
			     .rtm_dst_len = route->to.prefix,
			     .rtm_table = RT_TABLE_MAIN,
			     .rtm_protocol = RTPROT_STATIC,
			     .rtm_type = RTN_UNICAST,
			     .rtm_flags = onlink ? RTNH_F_ONLINK : 0};
	size_t size = net_addr_size(route->to.family);

	info.rtm_scope = route->via.family ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK;
	if (type == RTM_DELROUTE)
		info.rtm_scope = RT_SCOPE_NOWHERE;
	begin(q, type, NLM_F_ACK | (type == RTM_NEWROUTE ? NLM_F_CREATE | NLM_F_EXCL : 0), &info,
	      sizeof(info));
	if (route->to.prefix)
		add_attr(q, RTA_DST, route->to.bytes, size);
	if (route->via.family)
		add_attr(q, RTA_GATEWAY, route->via.bytes, size);
	if (route->index)
		add_u32(q, RTA_OIF, (uint32_t)route->index);
	if (route->metric)
		add_u32(q, RTA_PRIORITY, route->metric);
}

int rtnl_add_route(struct rtnl *r, const struct rtnl_route *route, bool onlink, struct err *err)
{
	char what[96], text[NET_ADDR_TEXT_MAX];
	struct request q;

	begin_route(&q, RTM_NEWROUTE, route, onlink);
	snprintf(what, sizeof(what), "add the route to %s", net_addr_text(&route->to, true, text));
	return change(r, &q, err, what);
}

int rtnl_del_route(struct rtnl *r, const struct rtnl_route *route, struct err *err)
{
	char what[96], text[NET_ADDR_TEXT_MAX];
	struct request q;

	begin_route(&q, RTM_DELROUTE, route, false);
	snprintf(what, sizeof(what), "remove the route to %s",
		 net_addr_text(&route->to, true, text));
	return change(r, &q, err, what);
}
