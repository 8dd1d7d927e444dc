/* SPDX-License-Identifier: MIT */
/*
 * lease: an address for the search for a source, where the kernel has set none up.
 *
 * All interfaces ask by DHCP together; the first that gets an answer keeps it, the others are left
 * as they were. What the configuration that is found says of the interface is done afterwards, by
 * the network module.
 */
#ifndef DRAGONCONFIG_LEASE_H
#define DRAGONCONFIG_LEASE_H

#include <net/if.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

#define LEASE_NICS_MAX 4

enum lease_state { LEASE_NOT_BEGUN, LEASE_ASKING, LEASE_THERE, LEASE_NEVER };

struct lease {
	enum lease_state state;
	const char *why; /* there is none */
	char names[LEASE_NICS_MAX][IFNAMSIZ];
	int fds[LEASE_NICS_MAX]; /* -1: it will never answer */
	size_t n;
};

/* Once; nothing happens when it was begun. */
void lease_begin(struct lease *l);
/* What to wait for goes to p; its number is returned. */
size_t lease_fds(const struct lease *l, struct pollfd *p);
/* After such a wait: looks who has answered. */
void lease_act(struct lease *l);
/* The search is over: without any lease only the first interface goes on asking. */
void lease_end(struct lease *l);

#endif
