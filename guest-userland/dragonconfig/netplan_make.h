/* SPDX-License-Identifier: MIT */
/*
 * netplan_make: what the readers of the three languages make a plan with. For netplan*.c alone.
 */
#ifndef DRAGONCONFIG_NETPLAN_MAKE_H
#define DRAGONCONFIG_NETPLAN_MAKE_H

#include "netplan.h"
#include "tree.h"

struct maker {
	struct net_plan *plan;
	struct problems *problems;
};

void netplan_read_v1(struct maker *m, const struct tree_node *root);
void netplan_read_v2(struct maker *m, const struct tree_node *root);
void netplan_read_openstack(struct maker *m, const struct tree_node *root);

/* NULL: there are too many. Good until the next one is added. */
struct net_link *netplan_add_link(struct maker *m, unsigned int line);
void netplan_add_addr(struct maker *m, struct net_link *l, const struct net_addr *a,
		      unsigned int line);
void netplan_add_route(struct maker *m, struct net_link *l, const struct net_route *r,
		       unsigned int line);
/* A text or a list of texts. */
void netplan_add_servers(struct maker *m, const struct tree_node *node);
void netplan_add_search(struct maker *m, const struct tree_node *node);
/* The default route through a gateway; NULL: none told. */
void netplan_add_gateway(struct maker *m, struct net_link *l, const struct tree_node *node,
			 uint32_t metric);
/* "ADDRESS[/BITS]" with a netmask of its own, which may be NULL. */
bool netplan_addr(struct maker *m, const struct tree_node *addr, const struct tree_node *mask,
		  struct net_addr *ret);
void netplan_mac(struct maker *m, struct net_link *l, const struct tree_node *node);
/* 0 where none is told. */
uint32_t netplan_number(struct maker *m, const struct tree_node *node, uint32_t max,
			const char *what);
/* names: NULL-terminated. Keys of the map that are not among them are told. */
void netplan_check_keys(struct maker *m, const struct tree_node *map, const char *const *names,
			const char *where);

#endif
