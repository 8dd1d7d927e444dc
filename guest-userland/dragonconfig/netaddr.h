/* SPDX-License-Identifier: MIT */
/*
 * netaddr: an IPv4 or IPv6 address with a prefix length, from and to text.
 */
#ifndef DRAGONCONFIG_NETADDR_H
#define DRAGONCONFIG_NETADDR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

struct net_addr {
	uint8_t family; /* AF_INET, AF_INET6; AF_UNSPEC: none */
	uint8_t prefix; /* bits */
	uint8_t bytes[16];
};

/* Of an address with its prefix, and the NUL. */
#define NET_ADDR_TEXT_MAX 52

/* Bytes of an address of the family. */
size_t net_addr_size(int family);
/* "ADDRESS" or "ADDRESS/BITS"; without bits it is one host. text: NULL is false. */
bool net_addr_parse(const char *text, struct net_addr *ret);
/* A netmask: bits, or ones and then zeros in the family's notation. */
bool net_addr_mask(const char *text, int family, uint8_t *ret_bits);
/* The address, with "/BITS" when asked for. Returns buf. */
const char *net_addr_text(const struct net_addr *a, bool with_prefix, char buf[NET_ADDR_TEXT_MAX]);
/* host is in the net that a is of. */
bool net_addr_holds(const struct net_addr *a, const struct net_addr *host);
/* Bits past the prefix become zero. */
void net_addr_to_net(struct net_addr *a);
bool net_addr_equal(const struct net_addr *a, const struct net_addr *b);

#endif
