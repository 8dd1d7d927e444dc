/* SPDX-License-Identifier: MIT */
/* cloud-init's network configuration, version 1. */
#include <string.h>

#include "base/cleanup.h"
#include "base/xalloc.h"
#include "netplan_make.h"

static void read_route(struct maker *m, struct net_link *l, const struct tree_node *node)
{
	static const char *const keys[] = {"type",   "network", "destination", "netmask", "gateway",
					   "metric", "prefix",	"id",	       NULL};
	const struct tree_node *to = tree_get(node, "destination");
	const struct tree_node *mask = tree_get(node, "netmask");
	const struct tree_node *via = tree_get(node, "gateway");
	struct net_route r = {0};

	netplan_check_keys(m, node, keys, "route");
	if (!to)
		to = tree_get(node, "network");
	if (!mask)
		mask = tree_get(node, "prefix");
	if (!netplan_addr(m, to ? to : node, mask, &r.to) ||
	    (via && !netplan_addr(m, via, NULL, &r.via)))
		return;
	r.metric = netplan_number(m, tree_get(node, "metric"), UINT32_MAX, "metric");
	netplan_add_route(m, l, &r, node->line);
}

static void read_static(struct maker *m, struct net_link *l, const struct tree_node *subnet)
{
	const struct tree_node *node = tree_get(subnet, "address");
	struct net_addr a;

	if (node && netplan_addr(m, node, tree_get(subnet, "netmask"), &a))
		netplan_add_addr(m, l, &a, node->line);
	else if (!node)
		problem_warn(m->problems, subnet->line, "a static subnet without an address");
}

static void read_subnet(struct maker *m, struct net_link *l, const struct tree_node *node)
{
	static const char *const keys[] = {"type",    "address",	 "netmask",    "gateway",
					   "control", "dns_nameservers", "dns_search", "routes",
					   "metric",  "broadcast",	 "ipv4",       "ipv6",
					   "id",      "network_id",	 NULL};
	const struct tree_node *routes = tree_get(node, "routes");
	const char *type = tree_get_text(node, "type"), *control = tree_get_text(node, "control");

	netplan_check_keys(m, node, keys, "subnet");
	if (!type)
		type = "";
	if (control && strcmp(control, "manual") == 0)
		return;
	if (strcmp(type, "dhcp") == 0 || strcmp(type, "dhcp4") == 0)
		l->dhcp4 = true;
	else if (strcmp(type, "dhcp6") == 0 || strcmp(type, "ipv6_dhcpv6-stateful") == 0 ||
		 strcmp(type, "ipv6_dhcpv6-stateless") == 0)
		l->dhcp6 = true;
	else if (strcmp(type, "static") == 0 || strcmp(type, "static6") == 0)
		read_static(m, l, node);
	else if (strcmp(type, "manual") != 0 && strcmp(type, "ipv6_slaac") != 0)
		problem_warn(m->problems, node->line, "a subnet of unknown type");
	netplan_add_gateway(m, l, tree_get(node, "gateway"),
			    netplan_number(m, tree_get(node, "metric"), UINT32_MAX, "metric"));
	netplan_add_servers(m, tree_get(node, "dns_nameservers"));
	netplan_add_search(m, tree_get(node, "dns_search"));
	for (size_t i = 0; routes && routes->kind == TREE_LIST && i < routes->n; i++)
		read_route(m, l, routes->items[i]);
}

static void read_physical(struct maker *m, const struct tree_node *node)
{
	static const char *const keys[] = {"type", "name", "mac_address", "mtu", "subnets", NULL};
	const struct tree_node *subnets = tree_get(node, "subnets");
	const char *name = tree_get_text(node, "name");
	struct net_link *l = netplan_add_link(m, node->line);

	if (!l)
		return;
	netplan_check_keys(m, node, keys, "physical");
	l->name = name ? xstrdup(name) : NULL;
	netplan_mac(m, l, tree_get(node, "mac_address"));
	l->renames = l->has_mac && name;
	if (!name && !l->has_mac)
		problem_warn(m->problems, node->line, "an interface without name and address");
	l->mtu = netplan_number(m, tree_get(node, "mtu"), 65535, "mtu");
	for (size_t i = 0; subnets && subnets->kind == TREE_LIST && i < subnets->n; i++)
		read_subnet(m, l, subnets->items[i]);
}

/* The interface whose net has the gateway; a route of its own names none. */
static void place_route(struct maker *m, const struct tree_node *node)
{
	struct net_addr via;

	if (!m->plan->n || !netplan_addr(m, tree_get(node, "gateway"), NULL, &via)) {
		problem_warn(m->problems, node->line, "a route that leads through no interface");
		return;
	}
	for (size_t i = 0; i < m->plan->n; i++)
		for (size_t k = 0; k < m->plan->links[i].n_addrs; k++)
			if (net_addr_holds(&m->plan->links[i].addrs[k], &via)) {
				read_route(m, &m->plan->links[i], node);
				return;
			}
	read_route(m, &m->plan->links[0], node);
}

static void read_item(struct maker *m, const struct tree_node *node)
{
	const char *type = tree_get_text(node, "type");

	if (!type) {
		problem_warn(m->problems, node->line, "an item without type");
	} else if (strcmp(type, "physical") == 0) {
		read_physical(m, node);
	} else if (strcmp(type, "nameserver") == 0) {
		netplan_add_servers(m, tree_get(node, "address"));
		netplan_add_search(m, tree_get(node, "search"));
	} else if (strcmp(type, "bond") == 0 || strcmp(type, "bridge") == 0 ||
		   strcmp(type, "vlan") == 0 || strcmp(type, "infiniband") == 0) {
		problem_warn(m->problems, node->line, "not supported: %s", type);
	} else if (strcmp(type, "loopback") != 0 && strcmp(type, "route") != 0) {
		problem_warn(m->problems, node->line, "an item of unknown type");
	}
}

void netplan_read_v1(struct maker *m, const struct tree_node *root)
{
	static const char *const keys[] = {"version", "config", NULL};
	const struct tree_node *list = tree_get(root, "config");

	netplan_check_keys(m, root, keys, "network");
	if (!list || list->kind != TREE_LIST) {
		problem_error(m->problems, root->line, "version 1 without a list config");
		return;
	}
	for (size_t i = 0; i < list->n; i++)
		read_item(m, list->items[i]);
	for (size_t i = 0; i < list->n; i++) {
		const char *type = tree_get_text(list->items[i], "type");

		if (type && strcmp(type, "route") == 0)
			place_route(m, list->items[i]);
	}
}
