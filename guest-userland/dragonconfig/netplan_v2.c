/* SPDX-License-Identifier: MIT */
/* cloud-init's network configuration, version 2. */
#include <string.h>

#include "base/cleanup.h"
#include "base/xalloc.h"
#include "netplan_make.h"

static void read_addresses(struct maker *m, struct net_link *l, const struct tree_node *list)
{
	for (size_t i = 0; list && list->kind == TREE_LIST && i < list->n; i++) {
		const struct tree_node *node = list->items[i];
		struct net_addr a;

		/* {ADDRESS: {lifetime: …}} */
		if (node->kind == TREE_MAP && node->n == 1)
			node = node->keys[0];
		if (!netplan_addr(m, node, NULL, &a))
			continue;
		if (!strchr(tree_text(node), '/'))
			problem_warn(m->problems, node->line, "an address without its prefix");
		netplan_add_addr(m, l, &a, node->line);
	}
}

/* "default" is of the gateway's family. */
static bool read_target(struct maker *m, const struct tree_node *node, struct net_route *r)
{
	const char *text = tree_text(node);

	if (!text || strcmp(text, "default") != 0)
		return netplan_addr(m, node, NULL, &r->to);
	r->to = (struct net_addr){.family = r->via.family ? r->via.family : AF_INET};
	return true;
}

static void read_routes(struct maker *m, struct net_link *l, const struct tree_node *list)
{
	static const char *const keys[] = {"to", "via", "metric", "on_link", NULL};

	for (size_t i = 0; list && list->kind == TREE_LIST && i < list->n; i++) {
		const struct tree_node *node = list->items[i];
		const struct tree_node *via = tree_get(node, "via");
		struct net_route r = {0};

		netplan_check_keys(m, node, keys, "route");
		if (via && !netplan_addr(m, via, NULL, &r.via))
			continue;
		if (!read_target(m, tree_get(node, "to"), &r))
			continue;
		r.metric = netplan_number(m, tree_get(node, "metric"), UINT32_MAX, "metric");
		tree_bool(tree_get(node, "on_link"), &r.onlink);
		netplan_add_route(m, l, &r, node->line);
	}
}

static void read_overrides(struct maker *m, struct net_link *l, const struct tree_node *node)
{
	static const char *const keys[] = {"use_dns", "use_routes", "route_metric", NULL};

	netplan_check_keys(m, node, keys, "dhcp4-overrides");
	tree_bool(tree_get(node, "use_dns"), &l->dhcp_dns);
	tree_bool(tree_get(node, "use_routes"), &l->dhcp_routes);
	l->dhcp_metric =
		netplan_number(m, tree_get(node, "route_metric"), UINT32_MAX, "route-metric");
}

static void read_match(struct maker *m, struct net_link *l, const struct tree_node *node,
		       const char *id)
{
	static const char *const keys[] = {"name", "macaddress", NULL};
	const struct tree_node *match = tree_get(node, "match");
	const char *name = tree_get_text(match, "name");
	const char *set_name = tree_get_text(node, "set_name");

	netplan_check_keys(m, match, keys, "match");
	netplan_mac(m, l, tree_get(match, "macaddress"));
	l->renames = l->has_mac && set_name;
	if (l->has_mac)
		name = set_name;
	else if (set_name)
		problem_warn(m->problems, node->line, "set-name: only with a macaddress to match");
	else if (!match)
		name = id;
	l->name = name ? xstrdup(name) : NULL;
	if (!l->name && !l->has_mac)
		problem_warn(m->problems, node->line, "match: neither a name nor a macaddress");
}

static void read_link(struct maker *m, const struct tree_node *key, const struct tree_node *node)
{
	static const char *const keys[] = {
		"match",    "set_name", "dhcp4",     "dhcp6",		"dhcp4_overrides",
		"optional", "gateway4", "mtu",	     "gateway6",	"nameservers",
		"routes",   "critical", "addresses", "dhcp_identifier", NULL};
	struct net_link *l = netplan_add_link(m, node->line);
	const struct tree_node *dns = tree_get(node, "nameservers");

	if (!l)
		return;
	netplan_check_keys(m, node, keys, "ethernets");
	read_match(m, l, node, tree_text(key));
	tree_bool(tree_get(node, "dhcp4"), &l->dhcp4);
	tree_bool(tree_get(node, "dhcp6"), &l->dhcp6);
	read_overrides(m, l, tree_get(node, "dhcp4_overrides"));
	l->mtu = netplan_number(m, tree_get(node, "mtu"), 65535, "mtu");
	read_addresses(m, l, tree_get(node, "addresses"));
	netplan_add_gateway(m, l, tree_get(node, "gateway4"), 0);
	netplan_add_gateway(m, l, tree_get(node, "gateway6"), 0);
	read_routes(m, l, tree_get(node, "routes"));
	netplan_add_servers(m, tree_get(dns, "addresses"));
	netplan_add_search(m, tree_get(dns, "search"));
}

void netplan_read_v2(struct maker *m, const struct tree_node *root)
{
	static const char *const keys[] = {"version", "renderer", "ethernets", "bonds",
					   "bridges", "vlans",	  "wifis",     NULL};
	static const char *const unsupported[] = {"bonds", "bridges", "vlans", "wifis"};
	const struct tree_node *links = tree_get(root, "ethernets");

	netplan_check_keys(m, root, keys, "network");
	for (size_t i = 0; i < ARRAY_SIZE(unsupported); i++) {
		const struct tree_node *node = tree_get(root, unsupported[i]);

		if (node && node->n)
			problem_warn(m->problems, node->line, "not supported: %s", unsupported[i]);
	}
	for (size_t i = 0; links && links->kind == TREE_MAP && i < links->n; i++)
		read_link(m, links->keys[i], links->items[i]);
}
