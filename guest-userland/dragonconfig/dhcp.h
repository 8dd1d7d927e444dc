/* SPDX-License-Identifier: MIT */
/*
 * dhcp: DHCPv4 on an interface: packets go out and come in, and what a lease says is made so, for
 * as long as it is good.
 */
#ifndef DRAGONCONFIG_DHCP_H
#define DRAGONCONFIG_DHCP_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct dhcp_options {
	char name[IFNAMSIZ];
	uint8_t mac[6];
	int index;
	uint32_t metric;  /* of its routes; 0: none told */
	bool dns, routes; /* take these from the lease */
	bool once;	  /* dhcp_run(): end when the lease is there */
};

/*
 * In a process of its own, which goes on asking, renews, and outlives this one. *ret_fd can be read
 * when dhcp_answer() has something to say; it stays this file's. Of an interface that has such a
 * process already: that one's.
 */
int dhcp_begin(const struct dhcp_options *o, int *ret_fd, struct err *err);
/* 0: it has a lease; -EAGAIN: not yet; another error: it never will. */
int dhcp_answer(const char *name, struct err *err);
/* dhcp_begin(), and waits for the first lease until until_us, or as long as that from when the
 * process began: 0, or -ETIMEDOUT; where another program's process is there already, 0 at once. */
int dhcp_start(const struct dhcp_options *o, uint64_t until_us, struct err *err);
/* This program began one. */
bool dhcp_is_running(const char *name);
/* Ends that process; the address goes, the interface is down as before. NULL: all of them. */
void dhcp_stop(const char *name);
/* In this process: 0 only when once; -ETIMEDOUT past until_us without a lease (UINT64_MAX: never).
 */
int dhcp_run(const struct dhcp_options *o, uint64_t until_us, struct err *err);

#endif
