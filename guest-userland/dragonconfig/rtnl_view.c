/* SPDX-License-Identifier: MIT */
/* rtnl: what the kernel tells, checked. */
#include <errno.h>
#include <limits.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if_arp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/xalloc.h"
#include "rtnl.h"

#define ATTRS_MAX 64

struct attr {
	const uint8_t *data; /* NULL: not there */
	size_t n;
};

/* Attributes by number; the last of two equal ones counts. */
static void find_attrs(const uint8_t *p, size_t n, struct attr attrs[ATTRS_MAX])
{
	struct rtattr head;

	memset(attrs, 0, ATTRS_MAX * sizeof(*attrs));
	while (n >= sizeof(head)) {
		size_t step;

		memcpy(&head, p, sizeof(head));
		if (head.rta_len < sizeof(head) || head.rta_len > n)
			return;
		if ((head.rta_type & NLA_TYPE_MASK) < ATTRS_MAX)
			attrs[head.rta_type & NLA_TYPE_MASK] =
				(struct attr){p + sizeof(head), head.rta_len - sizeof(head)};
		step = RTA_ALIGN(head.rta_len);
		if (step > n)
			return;
		p += step;
		n -= step;
	}
}

static uint32_t attr_u32(const struct attr *a, uint32_t fallback)
{
	if (a->data && a->n >= sizeof(fallback))
		memcpy(&fallback, a->data, sizeof(fallback));
	return fallback;
}

static bool attr_addr(const struct attr *a, uint8_t family, uint8_t prefix, struct net_addr *ret)
{
	size_t size = net_addr_size(family);

	if (!a->data || size == 0 || a->n != size || prefix > size * 8)
		return false;
	*ret = (struct net_addr){.family = family, .prefix = prefix};
	memcpy(ret->bytes, a->data, size);
	return true;
}

static void attr_name(const struct attr *a, char ret[IFNAMSIZ])
{
	if (a->data && a->n < IFNAMSIZ + 1)
		memcpy(ret, a->data, a->n < IFNAMSIZ ? a->n : IFNAMSIZ - 1);
}

/* Room for one more; NULL: no more. */
static void *grow(struct rtnl_view *v, void *list, size_t n, size_t size)
{
	if (n >= RTNL_ITEMS_MAX) {
		v->more = true;
		return NULL;
	}
	/* Grown by doubling: at 0, 1, 2, 4, … */
	return n & (n - 1) ? list : xreallocarray(list, n ? n * 2 : 1, size);
}

/* A kernel without /sys tells nothing: then all are taken to be real. */
static bool is_virtual(const char *name)
{
	char path[64], to[PATH_MAX];
	ssize_t n;

	snprintf(path, sizeof(path), "/sys/class/net/%s", name);
	n = strchr(name, '/') ? -1 : readlink(path, to, sizeof(to) - 1);
	if (n < 0)
		return false;
	to[n] = '\0';
	return strstr(to, "/devices/virtual/") != NULL;
}

static void take_link(struct rtnl_view *v, const uint8_t *p, size_t n)
{
	struct attr attrs[ATTRS_MAX];
	struct rtnl_link l = {0}, *list;
	struct ifinfomsg info;

	if (n < sizeof(info))
		return;
	memcpy(&info, p, sizeof(info));
	find_attrs(p + NLMSG_ALIGN(sizeof(info)), n - sizeof(info), attrs);
	l.index = info.ifi_index;
	l.flags = info.ifi_flags;
	l.type = info.ifi_type;
	l.mtu = attr_u32(&attrs[IFLA_MTU], 0);
	attr_name(&attrs[IFLA_IFNAME], l.name);
	if (attrs[IFLA_ADDRESS].data && attrs[IFLA_ADDRESS].n == sizeof(l.mac)) {
		memcpy(l.mac, attrs[IFLA_ADDRESS].data, sizeof(l.mac));
		l.has_mac = true;
	}
	if (!l.name[0])
		return;
	l.is_virtual = is_virtual(l.name);
	list = grow(v, v->links, v->n_links, sizeof(*list));
	if (!list)
		return;
	v->links = list;
	v->links[v->n_links++] = l;
}

static void take_addr(struct rtnl_view *v, const uint8_t *p, size_t n)
{
	struct attr attrs[ATTRS_MAX];
	struct rtnl_addr a = {0}, *list;
	struct ifaddrmsg info;

	if (n < sizeof(info))
		return;
	memcpy(&info, p, sizeof(info));
	find_attrs(p + NLMSG_ALIGN(sizeof(info)), n - sizeof(info), attrs);
	a.index = (int)info.ifa_index;
	a.scope = info.ifa_scope;
	if (!attr_addr(&attrs[IFA_LOCAL], info.ifa_family, info.ifa_prefixlen, &a.addr) &&
	    !attr_addr(&attrs[IFA_ADDRESS], info.ifa_family, info.ifa_prefixlen, &a.addr))
		return;
	list = grow(v, v->addrs, v->n_addrs, sizeof(*list));
	if (!list)
		return;
	v->addrs = list;
	v->addrs[v->n_addrs++] = a;
}

static void take_route(struct rtnl_view *v, const uint8_t *p, size_t n)
{
	struct attr attrs[ATTRS_MAX];
	struct rtnl_route r = {0}, *list;
	struct rtmsg info;

	if (n < sizeof(info))
		return;
	memcpy(&info, p, sizeof(info));
	find_attrs(p + NLMSG_ALIGN(sizeof(info)), n - sizeof(info), attrs);
	r.table = attr_u32(&attrs[RTA_TABLE], info.rtm_table);
	r.type = info.rtm_type;
	if (r.table != RT_TABLE_MAIN || (info.rtm_flags & RTM_F_CLONED) ||
	    net_addr_size(info.rtm_family) == 0)
		return;
	r.to.family = info.rtm_family;
	if (info.rtm_dst_len &&
	    !attr_addr(&attrs[RTA_DST], info.rtm_family, info.rtm_dst_len, &r.to))
		return;
	attr_addr(&attrs[RTA_GATEWAY], info.rtm_family,
		  (uint8_t)(net_addr_size(info.rtm_family) * 8), &r.via);
	r.index = (int)attr_u32(&attrs[RTA_OIF], 0);
	r.metric = attr_u32(&attrs[RTA_PRIORITY], 0);
	list = grow(v, v->routes, v->n_routes, sizeof(*list));
	if (!list)
		return;
	v->routes = list;
	v->routes[v->n_routes++] = r;
}

/* 1: the last; 0: go on; -errno. */
static int take_message(struct rtnl_view *v, uint16_t type, const uint8_t *p, size_t n)
{
	int code = 0;

	switch (type) {
	case NLMSG_DONE:
	case NLMSG_ERROR:
		if (n >= sizeof(code))
			memcpy(&code, p, sizeof(code));
		else if (type == NLMSG_ERROR)
			return -EBADMSG;
		return code < 0 && code > -4096 ? code : 1;
	case RTM_NEWLINK:
		take_link(v, p, n);
		return 0;
	case RTM_NEWADDR:
		take_addr(v, p, n);
		return 0;
	case RTM_NEWROUTE:
		take_route(v, p, n);
		return 0;
	default:
		return 0;
	}
}

int rtnl_take(struct rtnl_view *v, const void *data, size_t n, uint32_t seq)
{
	const uint8_t *p = data;
	struct nlmsghdr head;

	while (n >= sizeof(head)) {
		size_t step;
		int rc = 0;

		memcpy(&head, p, sizeof(head));
		if (head.nlmsg_len < sizeof(head) || head.nlmsg_len > n)
			return -EBADMSG;
		if (head.nlmsg_seq == seq)
			rc = take_message(v, head.nlmsg_type, p + sizeof(head),
					  head.nlmsg_len - sizeof(head));
		if (rc != 0)
			return rc;
		step = NLMSG_ALIGN(head.nlmsg_len);
		if (step >= n)
			return 0;
		p += step;
		n -= step;
	}
	return n ? -EBADMSG : 0;
}

void rtnl_view_release(struct rtnl_view *v)
{
	free(v->links);
	free(v->addrs);
	free(v->routes);
	*v = (struct rtnl_view){0};
}

const struct rtnl_link *rtnl_view_link(const struct rtnl_view *v, int index)
{
	for (size_t i = 0; i < v->n_links; i++)
		if (v->links[i].index == index)
			return &v->links[i];
	return NULL;
}

bool rtnl_link_is_nic(const struct rtnl_link *l)
{
	return l->type == ARPHRD_ETHER && !(l->flags & IFF_LOOPBACK);
}

static bool has_device(const struct rtnl_view *v)
{
	for (size_t i = 0; i < v->n_links; i++)
		if (rtnl_link_is_nic(&v->links[i]) && !v->links[i].is_virtual)
			return true;
	return false;
}

bool rtnl_view_is_uplink(const struct rtnl_view *v, const struct rtnl_link *l)
{
	return rtnl_link_is_nic(l) && (!l->is_virtual || !has_device(v));
}

static bool is_default_by(const struct rtnl_view *v, int index)
{
	for (size_t i = 0; i < v->n_routes; i++)
		if (v->routes[i].index == index && v->routes[i].to.family == AF_INET &&
		    v->routes[i].to.prefix == 0)
			return true;
	return false;
}

static bool leads_out(const struct rtnl_view *v, const struct rtnl_addr *a)
{
	const struct rtnl_link *l = rtnl_view_link(v, a->index);

	if (a->addr.family != AF_INET || a->addr.bytes[0] == 127 || a->scope >= RT_SCOPE_LINK)
		return false;
	return !l || !l->is_virtual || !has_device(v) || is_default_by(v, a->index);
}

bool rtnl_view_has_network(const struct rtnl_view *v)
{
	for (size_t i = 0; i < v->n_addrs; i++)
		if (leads_out(v, &v->addrs[i]))
			return true;
	return false;
}
