/* SPDX-License-Identifier: MIT */
/*
 * The network: what the source's network configuration plans is made so. Without one, what the
 * kernel has set up stays; where it has not, the first interface asks by DHCP.
 */
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/deadline.h"
#include "dhcp.h"
#include "module.h"
#include "netplan.h"
#include "resolv.h"
#include "rtnl.h"
#include "wildcard.h"

/* A boot waits this long for all leases together; whoever has none then goes on asking. */
#define LEASES_US (4 * SEC)

struct network {
	struct rtnl rtnl;
	struct rtnl_view view;
	uint64_t lease_until_us;
};

static void told(int rc, const struct err *err)
{
	if (rc < 0)
		status_warn("network: %s", err->text);
}

static bool matches(const struct net_link *want, const struct rtnl_link *l)
{
	if (!rtnl_link_is_nic(l))
		return false;
	if (want->has_mac)
		return l->has_mac && memcmp(want->mac, l->mac, sizeof(l->mac)) == 0;
	return want->name && wildcard_matches(want->name, l->name);
}

static void ask_dhcp(struct network *n, const struct dhcp_options *o)
{
	struct err err = ERR_INIT;
	int rc = dhcp_start(o, n->lease_until_us, &err);

	told(rc, &err);
	if (rc == 0)
		status_log("network: %s has a lease", o->name);
}

static void set_routes(struct network *n, const struct net_link *want, int index)
{
	for (size_t i = 0; i < want->n_routes; i++) {
		const struct net_route *w = &want->routes[i];
		struct rtnl_route r = {
			.index = index, .to = w->to, .via = w->via, .metric = w->metric};
		struct err err = ERR_INIT;

		told(rtnl_add_route(&n->rtnl, &r, w->onlink, &err), &err);
	}
}

static void set_link(struct network *n, const struct net_link *want, struct rtnl_link *l)
{
	struct dhcp_options o = {.index = l->index,
				 .metric = want->dhcp_metric,
				 .dns = want->dhcp_dns,
				 .routes = want->dhcp_routes};
	struct err err = ERR_INIT;
	int rc;

	if (want->renames && strcmp(want->name, l->name) != 0) {
		rc = rtnl_set_name(&n->rtnl, l, want->name, &err);
		told(rc, &err);
		if (rc == 0)
			snprintf(l->name, sizeof(l->name), "%s", want->name);
	}
	if (want->mtu)
		told(rtnl_set_mtu(&n->rtnl, l, want->mtu, &err), &err);
	told(rtnl_set_up(&n->rtnl, l, &err), &err);
	for (size_t i = 0; i < want->n_addrs; i++)
		told(rtnl_add_addr(&n->rtnl, l->index, &want->addrs[i], 0, &err), &err);
	set_routes(n, want, l->index);
	status_log("network: %s: %zu addresses, %zu routes%s", l->name, want->n_addrs,
		   want->n_routes, want->dhcp4 ? ", DHCP" : "");
	if (want->dhcp6)
		status_warn("network: %s: there is no DHCPv6 here", l->name);
	memcpy(o.name, l->name, sizeof(o.name));
	memcpy(o.mac, l->mac, sizeof(o.mac));
	if (want->dhcp4)
		ask_dhcp(n, &o);
}

/* The plan wants just the lease that the search for a source has taken. */
static bool is_kept(const struct net_plan *plan, const struct rtnl_link *l)
{
	for (size_t i = 0; i < plan->n; i++) {
		const struct net_link *want = &plan->links[i];

		if (matches(want, l))
			return want->dhcp4 && want->dhcp_dns && want->dhcp_routes &&
			       !want->dhcp_metric && !want->n_addrs &&
			       (!want->renames || strcmp(want->name, l->name) == 0);
	}
	return false;
}

static void stop_leases(struct network *n, const struct net_plan *plan)
{
	for (size_t i = 0; i < n->view.n_links; i++) {
		struct rtnl_link *l = &n->view.links[i];

		if (!dhcp_is_running(l->name) || is_kept(plan, l))
			continue;
		status_log("network: %s: the lease of the search ends", l->name);
		dhcp_stop(l->name);
		l->flags &= ~(unsigned int)IFF_UP;
	}
}

static void set_plan(struct network *n, const struct net_plan *plan)
{
	struct err err = ERR_INIT;

	stop_leases(n, plan);

	for (size_t i = 0; i < plan->n; i++) {
		bool found = false;

		for (size_t k = 0; k < n->view.n_links; k++) {
			if (!matches(&plan->links[i], &n->view.links[k]))
				continue;
			set_link(n, &plan->links[i], &n->view.links[k]);
			found = true;
		}
		if (!found)
			status_warn("network: no interface matches number %zu of the plan (%s)",
				    i + 1, plan->links[i].name ? plan->links[i].name : "by MAC");
	}
	told(resolv_put("00-plan", &plan->servers, &plan->search, &err), &err);
}

static void fall_back(struct network *n)
{
	const struct net_link want = {.dhcp4 = true, .dhcp_dns = true, .dhcp_routes = true};

	if (rtnl_view_has_network(&n->view)) {
		status_log("network: no configuration: what is set up stays");
		return;
	}
	for (size_t i = 0; i < n->view.n_links; i++)
		if (rtnl_view_is_uplink(&n->view, &n->view.links[i])) {
			set_link(n, &want, &n->view.links[i]);
			return;
		}
	status_log("network: no configuration, and no interface");
}

static void set_loopback(struct network *n)
{
	struct err err = ERR_INIT;

	for (size_t i = 0; i < n->view.n_links; i++)
		if (n->view.links[i].flags & IFF_LOOPBACK)
			told(rtnl_set_up(&n->rtnl, &n->view.links[i], &err), &err);
}

static void set_network(const struct net_plan *plan, uint64_t lease_until_us)
{
	struct network n = {.rtnl.fd = -1, .lease_until_us = lease_until_us};
	struct err err = ERR_INIT;
	int rc = rtnl_open(&n.rtnl, &err);

	told(rc, &err);
	if (rc < 0)
		return;
	rc = rtnl_look(&n.rtnl, &n.view, &err);
	/* Its routes nobody needs to know here. */
	if (rc < 0 && n.view.n_links && n.view.n_addrs)
		status_log("network: %s", err.text);
	else
		told(rc, &err);
	set_loopback(&n);
	if (plan)
		set_plan(&n, plan);
	else
		fall_back(&n);
	rtnl_view_release(&n.view);
	rtnl_close(&n.rtnl);
}

static void run(const struct context *c)
{
	_cleanup_(problems_release) struct problems problems = PROBLEMS_INIT;
	_cleanup_(netplan_release) struct net_plan plan = {0};
	const struct instance *i = c->instance;
	/* The search for a source that is not there has waited for leases, too. */
	uint64_t from = i->source ? now_us() : c->began_us;

	if (i->network)
		netplan_parse(&plan, i->network, i->network_size, &problems);
	status_problems("network-config", &problems);
	if (plan.disabled) {
		dhcp_stop(NULL);
		status_log("network: the configuration says to leave it alone");
	} else {
		set_network(i->network && !problems.errors ? &plan : NULL, from + LEASES_US);
	}
}

const struct module module_network = {"network", STAGE_LOCAL, FREQUENCY_ALWAYS, run};
