/* SPDX-License-Identifier: MIT */
#include "lease.h"

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "dhcp.h"
#include "rtnl.h"
#include "status.h"

static void ask(struct lease *l, const struct rtnl_link *link)
{
	struct dhcp_options o = {.index = link->index, .dns = true, .routes = true};
	struct err err = ERR_INIT;

	memcpy(o.name, link->name, sizeof(o.name));
	memcpy(o.mac, link->mac, sizeof(o.mac));
	if (dhcp_begin(&o, &l->fds[l->n], &err) < 0) {
		status_log("search: %s", err.text);
		return;
	}
	memcpy(l->names[l->n++], link->name, IFNAMSIZ);
}

void lease_begin(struct lease *l)
{
	_cleanup_(rtnl_close) struct rtnl r = {.fd = -1};
	_cleanup_(rtnl_view_release) struct rtnl_view v = {0};
	struct err err = ERR_INIT;

	if (l->state != LEASE_NOT_BEGUN)
		return;
	l->state = LEASE_ASKING;
	if (rtnl_open(&r, &err) == 0)
		rtnl_look(&r, &v, &err);
	if (rtnl_view_has_network(&v)) {
		l->state = LEASE_THERE;
		return;
	}
	for (size_t i = 0; i < v.n_links && l->n < LEASE_NICS_MAX; i++)
		if (rtnl_view_is_uplink(&v, &v.links[i]))
			ask(l, &v.links[i]);
	l->why = "no DHCP server has answered";
	if (l->n)
		return;
	l->state = LEASE_NEVER;
	l->why = v.n_links ? "there is no interface" : "this kernel tells of no interface";
}

size_t lease_fds(const struct lease *l, struct pollfd *p)
{
	size_t n = 0;

	for (size_t i = 0; l->state == LEASE_ASKING && i < l->n; i++)
		if (l->fds[i] >= 0)
			p[n++] = (struct pollfd){.fd = l->fds[i], .events = POLLIN};
	return n;
}

/* The others are not wanted any more. */
static void keep(struct lease *l, size_t which)
{
	for (size_t i = 0; i < l->n; i++)
		if (i != which)
			dhcp_stop(l->names[i]);
	status_log("search: %s has a lease", l->names[which]);
	l->state = LEASE_THERE;
}

void lease_act(struct lease *l)
{
	bool any = false;

	for (size_t i = 0; l->state == LEASE_ASKING && i < l->n; i++) {
		struct err err = ERR_INIT;
		int rc = l->fds[i] < 0 ? -EIO : dhcp_answer(l->names[i], &err);

		if (rc == 0) {
			keep(l, i);
			return;
		}
		if (rc != -EAGAIN && l->fds[i] >= 0) {
			status_log("search: %s", err.text);
			l->fds[i] = -1;
		}
		any |= rc == -EAGAIN;
	}
	if (l->state == LEASE_ASKING && !any) {
		l->state = LEASE_NEVER;
		l->why = "DHCP cannot be spoken on any interface";
	}
}

void lease_end(struct lease *l)
{
	for (size_t i = 1; l->state != LEASE_THERE && i < l->n; i++)
		dhcp_stop(l->names[i]);
}
