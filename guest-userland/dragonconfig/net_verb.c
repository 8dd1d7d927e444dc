/* SPDX-License-Identifier: MIT */
/* net: what the network is, and a lease by hand. */
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/deadline.h"
#include "base/fsutil.h"
#include "base/strv.h"
#include "dhcp.h"
#include "rtnl.h"
#include "verb.h"

#define LEASE_US (30 * SEC)

static void show_link(const struct rtnl_view *v, const struct rtnl_link *l)
{
	char text[NET_ADDR_TEXT_MAX];

	printf("link %s %s%s mtu %u", l->name, l->flags & IFF_UP ? "up" : "down",
	       l->flags & IFF_RUNNING ? " running" : "", l->mtu);
	if (l->has_mac)
		printf(" mac %02x:%02x:%02x:%02x:%02x:%02x", l->mac[0], l->mac[1], l->mac[2],
		       l->mac[3], l->mac[4], l->mac[5]);
	putchar('\n');
	for (size_t i = 0; i < v->n_addrs; i++)
		if (v->addrs[i].index == l->index)
			printf("address %s dev %s\n", net_addr_text(&v->addrs[i].addr, true, text),
			       l->name);
}

static void show_route(const struct rtnl_view *v, const struct rtnl_route *r)
{
	const struct rtnl_link *l = rtnl_view_link(v, r->index);
	char text[NET_ADDR_TEXT_MAX];

	printf("route %s", net_addr_text(&r->to, true, text));
	if (r->via.family)
		printf(" via %s", net_addr_text(&r->via, false, text));
	if (l)
		printf(" dev %s", l->name);
	if (r->metric)
		printf(" metric %u", r->metric);
	putchar('\n');
}

static void show_resolvers(void)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(65536);
	_cleanup_(strv_release) struct strv lines = STRV_INIT;

	if (file_read("/etc/resolv.conf", &sb, NULL) < 0)
		return;
	strv_split(&lines, strbuf_str(&sb), "\n");
	for (size_t i = 0; i < lines.n; i++)
		if (strncmp(lines.v[i], "nameserver ", 11) == 0 ||
		    strncmp(lines.v[i], "search ", 7) == 0)
			puts(lines.v[i]);
}

static int show(void)
{
	_cleanup_(rtnl_close) struct rtnl r = {.fd = -1};
	_cleanup_(rtnl_view_release) struct rtnl_view v = {0};
	struct err err = ERR_INIT;
	int rc = rtnl_open(&r, &err);

	if (rc == 0)
		rc = rtnl_look(&r, &v, &err);
	for (size_t i = 0; i < v.n_links; i++)
		show_link(&v, &v.links[i]);
	for (size_t i = 0; i < v.n_routes; i++)
		show_route(&v, &v.routes[i]);
	show_resolvers();
	if (rc < 0)
		fprintf(stderr, "dragonconfig: %s\n", err.text);
	return rc < 0 ? 1 : 0;
}

static int dhcp(const char *name, bool once)
{
	_cleanup_(rtnl_close) struct rtnl r = {.fd = -1};
	_cleanup_(rtnl_view_release) struct rtnl_view v = {0};
	struct dhcp_options o = {.dns = true, .routes = true, .once = once};
	struct err err = ERR_INIT;
	int rc = rtnl_open(&r, &err);

	if (rc == 0)
		rtnl_look(&r, &v, &err);
	for (size_t i = 0; i < v.n_links; i++) {
		if (strcmp(v.links[i].name, name) != 0 || !v.links[i].has_mac)
			continue;
		memcpy(o.name, v.links[i].name, sizeof(o.name));
		memcpy(o.mac, v.links[i].mac, sizeof(o.mac));
		o.index = v.links[i].index;
	}
	if (rc == 0 && !o.index)
		rc = err_set(&err, ENODEV, "no such interface, or none with a hardware address");
	if (rc == 0)
		rc = dhcp_run(&o, once ? now_us() + LEASE_US : UINT64_MAX, &err);
	if (rc < 0)
		fprintf(stderr, "dragonconfig: %s\n", err.text);
	return rc < 0 ? 1 : 0;
}

static int run(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "show") == 0)
		return show();
	if (argc == 3 && strcmp(argv[1], "dhcp") == 0)
		return dhcp(argv[2], false);
	if (argc == 4 && strcmp(argv[1], "dhcp") == 0 && strcmp(argv[2], "--once") == 0)
		return dhcp(argv[3], true);
	return EXIT_BAD_USAGE;
}

const struct verb verb_net = {
	.name = "net",
	.usage = "net show | dhcp [--once] IFACE",
	.brief = "links, addresses, routes, name servers; or a lease by DHCP, renewed until killed",
	.run = run,
};
