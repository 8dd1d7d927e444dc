/* SPDX-License-Identifier: MIT */
/* OpenStack's network_data.json. */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "netplan_make.h"

static void read_dns(struct maker *m, const struct tree_node *services)
{
	for (size_t i = 0; services && services->kind == TREE_LIST && i < services->n; i++) {
		const char *type = tree_get_text(services->items[i], "type");

		if (type && strcmp(type, "dns") == 0)
			netplan_add_servers(m, tree_get(services->items[i], "address"));
	}
}

/* Kinds of link that are plain interfaces in here, whatever they are out there. */
static bool is_plain(const char *type)
{
	static const char *const others[] = {"bond", "vlan"};

	for (size_t i = 0; type && i < ARRAY_SIZE(others); i++)
		if (strcmp(type, others[i]) == 0)
			return false;
	return true;
}

static void read_routes(struct maker *m, struct net_link *l, const struct tree_node *list)
{
	for (size_t i = 0; list && list->kind == TREE_LIST && i < list->n; i++) {
		const struct tree_node *node = list->items[i];
		const struct tree_node *via = tree_get(node, "gateway");
		struct net_route r = {0};

		if (!netplan_addr(m, tree_get(node, "network"), tree_get(node, "netmask"), &r.to) ||
		    (via && !netplan_addr(m, via, NULL, &r.via)))
			continue;
		netplan_add_route(m, l, &r, node->line);
	}
}

static void read_static(struct maker *m, struct net_link *l, const struct tree_node *node)
{
	struct net_addr a;

	if (!netplan_addr(m, tree_get(node, "ip_address"), tree_get(node, "netmask"), &a))
		return;
	netplan_add_addr(m, l, &a, node->line);
	netplan_add_gateway(m, l, tree_get(node, "gateway"), 0);
}

static void read_network(struct maker *m, struct net_link *l, const struct tree_node *node)
{
	const char *type = tree_get_text(node, "type");

	if (!type)
		type = "";
	if (strcmp(type, "ipv4_dhcp") == 0)
		l->dhcp4 = true;
	else if (strcmp(type, "ipv6_dhcp") == 0 || strcmp(type, "ipv6_dhcpv6-stateful") == 0 ||
		 strcmp(type, "ipv6_dhcpv6-stateless") == 0)
		l->dhcp6 = true;
	else if (strcmp(type, "ipv4") == 0 || strcmp(type, "ipv6") == 0)
		read_static(m, l, node);
	else if (strcmp(type, "ipv6_slaac") != 0)
		problem_warn(m->problems, node->line, "a network of unknown type");
	read_routes(m, l, tree_get(node, "routes"));
	read_dns(m, tree_get(node, "services"));
	netplan_add_servers(m, tree_get(node, "dns_nameservers"));
}

static bool same_text(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

static void read_link(struct maker *m, const struct tree_node *node,
		      const struct tree_node *networks)
{
	const char *type = tree_get_text(node, "type"), *id = tree_get_text(node, "id");
	struct net_link *l;

	if (!is_plain(type)) {
		problem_warn(m->problems, node->line, "not supported: %s", type);
		return;
	}
	l = netplan_add_link(m, node->line);
	if (!l)
		return;
	netplan_mac(m, l, tree_get(node, "ethernet_mac_address"));
	if (!l->has_mac)
		problem_warn(m->problems, node->line, "a link without ethernet_mac_address");
	l->mtu = netplan_number(m, tree_get(node, "mtu"), 65535, "mtu");
	for (size_t i = 0; networks && networks->kind == TREE_LIST && i < networks->n; i++)
		if (same_text(id, tree_get_text(networks->items[i], "link")))
			read_network(m, l, networks->items[i]);
}

void netplan_read_openstack(struct maker *m, const struct tree_node *root)
{
	const struct tree_node *links = tree_get(root, "links");

	for (size_t i = 0; links && links->kind == TREE_LIST && i < links->n; i++)
		read_link(m, links->items[i], tree_get(root, "networks"));
	read_dns(m, tree_get(root, "services"));
}
