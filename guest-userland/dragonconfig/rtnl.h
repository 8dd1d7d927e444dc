/* SPDX-License-Identifier: MIT */
/*
 * rtnl: a small client of rtnetlink: what the kernel's links, addresses and routes are, and setting
 * them.
 *
 * Owns its socket. Every answer is checked against its length, every wait has a deadline. Setting
 * what is set already is fine. A kernel that knows only part of rtnetlink answers -EOPNOTSUPP or
 * -ENOSYS, or nothing (-ETIMEDOUT): the error's text names the part.
 */
#ifndef DRAGONCONFIG_RTNL_H
#define DRAGONCONFIG_RTNL_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "netaddr.h"

/* Of each kind; a kernel that tells more is cut off and more is set. */
#define RTNL_ITEMS_MAX 4096

struct rtnl_link {
	int index;
	char name[IFNAMSIZ];
	unsigned int flags;  /* IFF_ */
	unsigned short type; /* ARPHRD_ */
	uint32_t mtu;	     /* 0: not told */
	uint8_t mac[6];
	bool has_mac;
	bool is_virtual; /* the kernel made it of nothing: no device, as /sys tells */
};

struct rtnl_addr {
	int index; /* of the link */
	struct net_addr addr;
	uint8_t scope; /* RT_SCOPE_ */
};

struct rtnl_route {
	int index;	    /* of the link; 0: none */
	struct net_addr to; /* prefix 0: the default */
	struct net_addr via;
	uint32_t metric;
	uint8_t type;	/* RTN_ */
	uint32_t table; /* RT_TABLE_ */
};

struct rtnl_view {
	struct rtnl_link *links;
	struct rtnl_addr *addrs;
	struct rtnl_route *routes;
	size_t n_links, n_addrs, n_routes;
	bool more; /* than there is room for */
};

struct rtnl {
	int fd;
	uint32_t seq;
	bool is_silent; /* it has left a request without answer: the next is not waited for as long
			 */
};

int rtnl_open(struct rtnl *r, struct err *err);
void rtnl_close(struct rtnl *r);

/* Links and addresses, and the main table's routes of both families. What the kernel does not tell
 * is absent: all such parts are in *err and the first one's code returned, the rest is there. */
int rtnl_look(struct rtnl *r, struct rtnl_view *ret, struct err *err);
void rtnl_view_release(struct rtnl_view *v);
/* Somebody, the kernel itself perhaps, has set up an IPv4 address that leads out of this machine:
 * not one of a virtual link beside real ones, unless a default route goes by it (a bond). */
bool rtnl_view_has_network(const struct rtnl_view *v);
bool rtnl_link_is_nic(const struct rtnl_link *l);
/* One to ask by when nobody says which: real where there is a real one. */
bool rtnl_view_is_uplink(const struct rtnl_view *v, const struct rtnl_link *l);
/* NULL: there is none. */
const struct rtnl_link *rtnl_view_link(const struct rtnl_view *v, int index);

int rtnl_set_up(struct rtnl *r, const struct rtnl_link *l, struct err *err);
int rtnl_set_down(struct rtnl *r, const struct rtnl_link *l, struct err *err);
int rtnl_set_mtu(struct rtnl *r, const struct rtnl_link *l, uint32_t mtu, struct err *err);
/* The link must be down. */
int rtnl_set_name(struct rtnl *r, const struct rtnl_link *l, const char *name, struct err *err);
/* valid_s: seconds after which the kernel takes it away; 0: never. */
int rtnl_add_addr(struct rtnl *r, int index, const struct net_addr *a, uint32_t valid_s,
		  struct err *err);
int rtnl_del_addr(struct rtnl *r, int index, const struct net_addr *a, struct err *err);
int rtnl_add_route(struct rtnl *r, const struct rtnl_route *route, bool onlink, struct err *err);
int rtnl_del_route(struct rtnl *r, const struct rtnl_route *route, struct err *err);

/* The kernel does not know this part, as against: it refuses. */
bool rtnl_is_missing(int code);

/* For tests: the messages of n bytes go into the view. 1: the last one said that it is the last; 0:
 * there will be more; -errno: what an error message says, or -EBADMSG. */
int rtnl_take(struct rtnl_view *v, const void *data, size_t n, uint32_t seq);

#endif
