/* SPDX-License-Identifier: MIT */
#include "netaddr.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

size_t net_addr_size(int family)
{
	return family == AF_INET ? 4 : family == AF_INET6 ? 16 : 0;
}

/* Up to max; digits and nothing else. */
static bool parse_bits(const char *text, unsigned int max, uint8_t *ret)
{
	unsigned int bits = 0;
	size_t n = strlen(text);

	if (n == 0 || n > 3 || strspn(text, "0123456789") != n)
		return false;
	for (size_t i = 0; i < n; i++)
		bits = bits * 10 + (unsigned int)(text[i] - '0');
	if (bits > max)
		return false;
	*ret = (uint8_t)bits;
	return true;
}

bool net_addr_parse(const char *text, struct net_addr *ret)
{
	struct net_addr a = {.family = AF_INET};
	char host[INET6_ADDRSTRLEN];
	size_t n = text ? strcspn(text, "/") : 0;

	if (n == 0 || n >= sizeof(host))
		return false;
	memcpy(host, text, n);
	host[n] = '\0';
	if (strchr(host, ':'))
		a.family = AF_INET6;
	if (inet_pton(a.family, host, a.bytes) != 1)
		return false;
	a.prefix = (uint8_t)(net_addr_size(a.family) * 8);
	if (text[n] == '/' && !parse_bits(text + n + 1, a.prefix, &a.prefix))
		return false;
	*ret = a;
	return true;
}

bool net_addr_mask(const char *text, int family, uint8_t *ret_bits)
{
	size_t size = net_addr_size(family);
	uint8_t bytes[16] = {0}, bits = 0;

	if (!text || size == 0)
		return false;
	if (parse_bits(text, (unsigned int)(size * 8), ret_bits))
		return true;
	if (inet_pton(family, text, bytes) != 1)
		return false;
	while (bits < size * 8 && (bytes[bits / 8] & (0x80 >> bits % 8)))
		bits++;
	for (size_t i = bits; i < size * 8; i++)
		if (bytes[i / 8] & (0x80 >> i % 8))
			return false;
	*ret_bits = bits;
	return true;
}

const char *net_addr_text(const struct net_addr *a, bool with_prefix, char buf[NET_ADDR_TEXT_MAX])
{
	char host[INET6_ADDRSTRLEN];

	if (!inet_ntop(a->family, a->bytes, host, sizeof(host)))
		snprintf(host, sizeof(host), "none");
	if (with_prefix)
		snprintf(buf, NET_ADDR_TEXT_MAX, "%s/%u", host, a->prefix);
	else
		snprintf(buf, NET_ADDR_TEXT_MAX, "%s", host);
	return buf;
}

void net_addr_to_net(struct net_addr *a)
{
	for (size_t i = a->prefix; i < net_addr_size(a->family) * 8; i++)
		a->bytes[i / 8] &= (uint8_t) ~(0x80 >> i % 8);
}

bool net_addr_equal(const struct net_addr *a, const struct net_addr *b)
{
	return a->family == b->family && a->prefix == b->prefix &&
	       memcmp(a->bytes, b->bytes, net_addr_size(a->family)) == 0;
}

bool net_addr_holds(const struct net_addr *a, const struct net_addr *host)
{
	struct net_addr net = *a, other = *host;

	if (a->family != host->family)
		return false;
	other.prefix = net.prefix;
	net_addr_to_net(&net);
	net_addr_to_net(&other);
	return net_addr_equal(&net, &other);
}
