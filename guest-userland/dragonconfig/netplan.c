/* SPDX-License-Identifier: MIT */
#include "netplan.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/xalloc.h"
#include "netplan_make.h"

void netplan_release(struct net_plan *p)
{
	for (size_t i = 0; i < p->n; i++) {
		free(p->links[i].name);
		free(p->links[i].addrs);
		free(p->links[i].routes);
	}
	free(p->links);
	strv_release(&p->servers);
	strv_release(&p->search);
	*p = (struct net_plan){0};
}

struct net_link *netplan_add_link(struct maker *m, unsigned int line)
{
	struct net_plan *p = m->plan;

	if (p->n >= NETPLAN_LINKS_MAX) {
		problem_warn(m->problems, line, "more than %d interfaces", NETPLAN_LINKS_MAX);
		return NULL;
	}
	p->links = xreallocarray(p->links, p->n + 1, sizeof(*p->links));
	p->links[p->n] = (struct net_link){.dhcp_dns = true, .dhcp_routes = true};
	return &p->links[p->n++];
}

void netplan_add_addr(struct maker *m, struct net_link *l, const struct net_addr *a,
		      unsigned int line)
{
	for (size_t i = 0; i < l->n_addrs; i++)
		if (net_addr_equal(&l->addrs[i], a))
			return;
	if (l->n_addrs >= NETPLAN_ITEMS_MAX) {
		problem_warn(m->problems, line, "more than %d addresses", NETPLAN_ITEMS_MAX);
		return;
	}
	l->addrs = xreallocarray(l->addrs, l->n_addrs + 1, sizeof(*l->addrs));
	l->addrs[l->n_addrs++] = *a;
}

static bool same_route(const struct net_route *a, const struct net_route *b)
{
	return net_addr_equal(&a->to, &b->to) && net_addr_equal(&a->via, &b->via) &&
	       a->metric == b->metric;
}

void netplan_add_route(struct maker *m, struct net_link *l, const struct net_route *r,
		       unsigned int line)
{
	struct net_route route = *r;

	net_addr_to_net(&route.to);
	if (route.via.family != AF_UNSPEC && route.via.family != route.to.family) {
		problem_warn(m->problems, line, "a gateway of the other family");
		return;
	}
	for (size_t i = 0; i < l->n_routes; i++)
		if (same_route(&l->routes[i], &route))
			return;
	if (l->n_routes >= NETPLAN_ITEMS_MAX) {
		problem_warn(m->problems, line, "more than %d routes", NETPLAN_ITEMS_MAX);
		return;
	}
	l->routes = xreallocarray(l->routes, l->n_routes + 1, sizeof(*l->routes));
	l->routes[l->n_routes++] = route;
}

static void add_server(struct maker *m, const struct tree_node *node)
{
	char text[NET_ADDR_TEXT_MAX];
	struct net_addr a;

	if (!net_addr_parse(tree_text(node), &a)) {
		problem_warn(m->problems, node->line, "a name server that is no address");
		return;
	}
	net_addr_text(&a, false, text);
	if (m->plan->servers.n < NETPLAN_ITEMS_MAX && !strv_has(&m->plan->servers, text))
		strv_push(&m->plan->servers, text);
}

static void add_domain(struct maker *m, const struct tree_node *node)
{
	static const char good[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
	const char *text = tree_text(node);

	if (!text || !*text || strlen(text) > 253 || strspn(text, good) != strlen(text)) {
		problem_warn(m->problems, node->line, "a search domain that is no name");
		return;
	}
	if (m->plan->search.n < NETPLAN_ITEMS_MAX && !strv_has(&m->plan->search, text))
		strv_push(&m->plan->search, text);
}

static void each(struct maker *m, const struct tree_node *node,
		 void (*add)(struct maker *m, const struct tree_node *node))
{
	if (!node || node->kind == TREE_NULL)
		return;
	if (node->kind != TREE_LIST) {
		add(m, node);
		return;
	}
	for (size_t i = 0; i < node->n; i++)
		add(m, node->items[i]);
}

void netplan_add_servers(struct maker *m, const struct tree_node *node)
{
	each(m, node, add_server);
}

void netplan_add_search(struct maker *m, const struct tree_node *node)
{
	each(m, node, add_domain);
}

void netplan_add_gateway(struct maker *m, struct net_link *l, const struct tree_node *node,
			 uint32_t metric)
{
	struct net_route r = {.metric = metric};

	if (!node || node->kind == TREE_NULL)
		return;
	if (!netplan_addr(m, node, NULL, &r.via))
		return;
	r.to.family = r.via.family;
	netplan_add_route(m, l, &r, node->line);
}

bool netplan_addr(struct maker *m, const struct tree_node *addr, const struct tree_node *mask,
		  struct net_addr *ret)
{
	struct net_addr a;

	if (!net_addr_parse(tree_text(addr), &a)) {
		problem_warn(m->problems, addr ? addr->line : 0, "no address where one belongs");
		return false;
	}
	if (mask && mask->kind != TREE_NULL &&
	    !net_addr_mask(tree_text(mask), a.family, &a.prefix)) {
		problem_warn(m->problems, mask->line, "a netmask that is none");
		return false;
	}
	*ret = a;
	return true;
}

/* "52:54:00:12:34:56", or with "-" between them. */
static bool parse_mac(const char *text, uint8_t ret[6])
{
	uint8_t mac[6] = {0};

	if (strlen(text) != 17)
		return false;
	for (size_t i = 0; i < 17; i++) {
		int c = (unsigned char)text[i];

		if (i % 3 == 2 ? c != ':' && c != '-' : !isxdigit(c))
			return false;
		if (i % 3 < 2)
			mac[i / 3] = (uint8_t)(mac[i / 3] << 4 |
					       (isdigit(c) ? c - '0' : (c | 0x20) - 'a' + 10));
	}
	memcpy(ret, mac, sizeof(mac));
	return true;
}

void netplan_mac(struct maker *m, struct net_link *l, const struct tree_node *node)
{
	const char *text = tree_text(node);

	if (!node || node->kind == TREE_NULL)
		return;
	if (text && parse_mac(text, l->mac))
		l->has_mac = true;
	else
		problem_warn(m->problems, node->line, "a hardware address that is none");
}

uint32_t netplan_number(struct maker *m, const struct tree_node *node, uint32_t max,
			const char *what)
{
	int64_t value;

	if (!node || node->kind == TREE_NULL)
		return 0;
	if (!tree_int(node, &value) || value < 0 || value > max) {
		problem_warn(m->problems, node->line, "%s: no number from 0 to %u", what, max);
		return 0;
	}
	return (uint32_t)value;
}

static bool is_among(const struct tree_node *key, const char *const *names)
{
	for (; *names; names++)
		if (tree_key_is(key, *names))
			return true;
	return false;
}

void netplan_check_keys(struct maker *m, const struct tree_node *map, const char *const *names,
			const char *where)
{
	for (size_t i = 0; map && map->kind == TREE_MAP && i < map->n; i++)
		if (!is_among(map->keys[i], names))
			problem_warn(m->problems, map->keys[i]->line,
				     "%s: unknown or without effect: %s", where,
				     tree_text(map->keys[i]) ? tree_text(map->keys[i]) : "?");
}

/* A gateway outside the link's nets can only be reached when the kernel is told that it is there.
 */
static void find_onlink(struct net_link *l)
{
	for (size_t i = 0; i < l->n_routes; i++) {
		struct net_route *r = &l->routes[i];
		bool inside = r->via.family == AF_INET6 && r->via.bytes[0] == 0xfe &&
			      (r->via.bytes[1] & 0xc0) == 0x80;

		for (size_t k = 0; k < l->n_addrs; k++)
			inside |= net_addr_holds(&l->addrs[k], &r->via);
		if (r->via.family != AF_UNSPEC && !inside && l->n_addrs)
			r->onlink = true;
	}
}

static void read_root(struct maker *m, const struct tree_node *root)
{
	const struct tree_node *inner = tree_get(root, "network");
	const char *word;
	int64_t version;

	if (inner && inner->kind == TREE_MAP)
		root = inner;
	word = tree_get_text(root, "config");
	if (word && strcmp(word, "disabled") == 0)
		m->plan->disabled = true;
	else if (tree_int(tree_get(root, "version"), &version) && version == 1)
		netplan_read_v1(m, root);
	else if (tree_int(tree_get(root, "version"), &version) && version == 2)
		netplan_read_v2(m, root);
	else if (tree_get(root, "networks") || tree_get(root, "links"))
		netplan_read_openstack(m, root);
	else if (root->kind != TREE_NULL)
		problem_error(m->problems, root->line,
			      "network configuration of no known version: 1, 2 or OpenStack's");
}

void netplan_parse(struct net_plan *ret, const char *text, size_t n, struct problems *problems)
{
	struct maker m = {.plan = ret, .problems = problems};
	struct tree *t = tree_parse(text, n, problems);

	*ret = (struct net_plan){0};
	read_root(&m, tree_root(t));
	for (size_t i = 0; i < ret->n; i++)
		find_onlink(&ret->links[i]);
	tree_free(t);
}
