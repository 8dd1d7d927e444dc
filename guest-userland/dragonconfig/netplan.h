/* SPDX-License-Identifier: MIT */
/*
 * netplan: what a network configuration says, whichever of its languages it is written in:
 * cloud-init's version 1 and version 2, and OpenStack's network_data.json.
 *
 * Pure; owns its strings. The text is hostile. What is unknown or cannot be done (bonds, bridges,
 * VLANs) is a problem with its line; the rest is planned.
 */
#ifndef DRAGONCONFIG_NETPLAN_H
#define DRAGONCONFIG_NETPLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strv.h"
#include "netaddr.h"
#include "problems.h"

#define NETPLAN_LINKS_MAX 64
#define NETPLAN_ITEMS_MAX 256 /* addresses of a link, or routes, or name servers */

struct net_route {
	struct net_addr to;  /* a net; prefix 0: the default */
	struct net_addr via; /* family AF_UNSPEC: none, it is on the link */
	uint32_t metric;     /* 0: none told */
	bool onlink;	     /* the gateway is in none of the link's nets */
};

struct net_link {
	char *name;	/* to match, may be a glob; or what it is to be called when mac is told */
	uint8_t mac[6]; /* to match */
	bool has_mac;	/* then it alone decides */
	bool renames;	/* name is to be its name */
	uint32_t mtu;	/* 0: none told */
	bool dhcp4, dhcp6;
	bool dhcp_dns, dhcp_routes; /* take these from DHCP */
	uint32_t dhcp_metric;	    /* of routes from DHCP; 0: none told */
	struct net_addr *addrs;
	size_t n_addrs;
	struct net_route *routes;
	size_t n_routes;
};

struct net_plan {
	bool disabled; /* "config: disabled": the network is left alone */
	struct net_link *links;
	size_t n;
	struct strv servers, search;
};

/* One that says nothing has no links. An error among the problems: it is in no known language. */
void netplan_parse(struct net_plan *ret, const char *text, size_t n, struct problems *problems);
void netplan_release(struct net_plan *p);

#endif
