/* SPDX-License-Identifier: MIT */
/*
 * dhcp4: a client of DHCPv4 (RFC 2131, 2132, 3442): what it says, what it understands, and when.
 *
 * Pure: no clock, no socket; times are monotonic microseconds that the caller tells. Answers are
 * hostile: what does not hold is as if it had not come.
 */
#ifndef DRAGONCONFIG_DHCP4_H
#define DRAGONCONFIG_DHCP4_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "netplan.h"

#define DHCP4_FRAME_MAX	 1500 /* with the headers of IP and UDP */
#define DHCP4_HEADERS	 28   /* of IP and UDP, in what the client makes */
#define DHCP4_ROUTES_MAX 16
#define DHCP4_DNS_MAX	 8
#define DHCP4_FOREVER	 UINT32_MAX

struct dhcp4_lease {
	struct net_addr addr, server;
	struct net_route routes[DHCP4_ROUTES_MAX];
	size_t n_routes;
	struct net_addr dns[DHCP4_DNS_MAX];
	size_t n_dns;
	char domain[254];		     /* "": none told */
	uint32_t mtu;			     /* 0: none told */
	uint32_t lease_s, renew_s, rebind_s; /* from the request on */
};

enum dhcp4_state {
	DHCP4_SELECTING,
	DHCP4_REQUESTING,
	DHCP4_BOUND,
	DHCP4_RENEWING,
	DHCP4_REBINDING
};

enum dhcp4_event {
	DHCP4_NOTHING,
	DHCP4_LEASE, /* client.lease is to be used, or is renewed */
	DHCP4_LOST,  /* it must not be used any more */
};

struct dhcp4_client {
	enum dhcp4_state state;
	uint8_t mac[6];
	uint32_t xid;
	struct dhcp4_lease lease; /* offered, or bound */
	unsigned int tries;
	uint64_t due_us;	     /* when dhcp4_act() is to be called next */
	uint64_t began_us, asked_us; /* of the acquisition; of the last request */
	uint64_t bound_us;	     /* from when on the lease's times count */
};

void dhcp4_init(struct dhcp4_client *c, const uint8_t mac[6], uint32_t xid, uint64_t now_us);
/* To be called when it is due. What is to be sent, headers of IP and UDP included, goes to frame;
 * *ret_n 0: nothing. */
enum dhcp4_event dhcp4_act(struct dhcp4_client *c, uint64_t now_us, uint8_t frame[DHCP4_FRAME_MAX],
			   size_t *ret_n);
/* An IP packet that came. */
enum dhcp4_event dhcp4_take(struct dhcp4_client *c, uint64_t now_us, const uint8_t *frame,
			    size_t n);
/* It waits for an answer: it must be listened for. */
bool dhcp4_listens(const struct dhcp4_client *c);

#endif
