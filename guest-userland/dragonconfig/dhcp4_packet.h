/* SPDX-License-Identifier: MIT */
/*
 * dhcp4_packet: DHCPv4's packets, made and read. For dhcp4*.c alone.
 */
#ifndef DRAGONCONFIG_DHCP4_PACKET_H
#define DRAGONCONFIG_DHCP4_PACKET_H

#include "dhcp4.h"

enum dhcp4_type {
	DHCP4_DISCOVER = 1,
	DHCP4_OFFER,
	DHCP4_REQUEST,
	DHCP4_DECLINE,
	DHCP4_ACK,
	DHCP4_NAK
};

struct dhcp4_request {
	enum dhcp4_type type;
	uint32_t xid;
	uint16_t secs;
	const uint8_t *mac;
	const struct net_addr *ciaddr;	  /* NULL: the client has no address */
	const struct net_addr *requested; /* NULL: not said */
	const struct net_addr *server;	  /* NULL: not said */
	const struct net_addr *to;	  /* NULL: everybody */
};

/* Returns the size. */
size_t dhcp4_make(const struct dhcp4_request *r, uint8_t frame[DHCP4_FRAME_MAX]);
/* false: it is no answer to this request, or does not hold. Of a NAK only the server counts. */
bool dhcp4_parse(const uint8_t *frame, size_t n, uint32_t xid, const uint8_t mac[6],
		 enum dhcp4_type *ret_type, struct dhcp4_lease *ret);

#endif
