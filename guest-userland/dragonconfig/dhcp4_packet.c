/* SPDX-License-Identifier: MIT */
#include "dhcp4_packet.h"

#include <string.h>

#include "base/cleanup.h"

#define IP_SIZE	    20
#define UDP_SIZE    8
#define BOOTP_SIZE  236
#define OPTIONS_AT  (BOOTP_SIZE + 4)
#define SNAME_AT    44
#define SNAME_SIZE  64
#define FILE_AT	    108
#define FILE_SIZE   128
#define CLIENT_PORT 68
#define SERVER_PORT 67
#define PACKET_MIN  300 /* as BOOTP relays want it */

enum {
	OPT_MASK = 1,
	OPT_ROUTERS = 3,
	OPT_DNS = 6,
	OPT_DOMAIN = 15,
	OPT_MTU = 26,
	OPT_REQUESTED = 50,
	OPT_LEASE = 51,
	OPT_OVERLOAD = 52,
	OPT_TYPE = 53,
	OPT_SERVER = 54,
	OPT_WANTED = 55,
	OPT_MAX_SIZE = 57,
	OPT_RENEW = 58,
	OPT_REBIND = 59,
	OPT_CLIENT_ID = 61,
	OPT_ROUTES = 121,
	OPT_END = 255,
};

static const uint8_t cookie[4] = {99, 130, 83, 99};

struct option {
	const uint8_t *p; /* NULL: not there */
	size_t n;
};

static void put16(uint8_t *p, unsigned int v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static void put32(uint8_t *p, uint32_t v)
{
	put16(p, v >> 16);
	put16(p + 2, v & 0xffff);
}

static unsigned int get16(const uint8_t *p)
{
	return (unsigned int)p[0] << 8 | p[1];
}

static uint32_t get32(const uint8_t *p)
{
	return (uint32_t)get16(p) << 16 | get16(p + 2);
}

/* The Internet's checksum, carried on from sum. */
static uint32_t add_sum(uint32_t sum, const uint8_t *p, size_t n)
{
	for (size_t i = 0; i + 1 < n; i += 2)
		sum += get16(p + i);
	if (n & 1)
		sum += (uint32_t)p[n - 1] << 8;
	return sum;
}

static unsigned int end_sum(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return ~sum & 0xffff;
}

static size_t put_option(uint8_t *p, size_t at, uint8_t code, const void *data, size_t n)
{
	p[at] = code;
	p[at + 1] = (uint8_t)n;
	memcpy(p + at + 2, data, n);
	return at + 2 + n;
}

static size_t make_bootp(const struct dhcp4_request *r, uint8_t *p)
{
	static const uint8_t wanted[] = {OPT_MASK, OPT_ROUTES, OPT_ROUTERS, OPT_DNS,   OPT_DOMAIN,
					 OPT_MTU,  OPT_LEASE,  OPT_RENEW,   OPT_REBIND};
	uint8_t type = (uint8_t)r->type, id[7] = {1};
	size_t n = OPTIONS_AT;

	p[0] = 1; /* a request */
	p[1] = 1; /* Ethernet */
	p[2] = 6;
	put32(p + 4, r->xid);
	put16(p + 8, r->secs);
	if (r->ciaddr)
		memcpy(p + 12, r->ciaddr->bytes, 4);
	memcpy(p + 28, r->mac, 6);
	memcpy(p + BOOTP_SIZE, cookie, sizeof(cookie));
	memcpy(id + 1, r->mac, 6);
	n = put_option(p, n, OPT_TYPE, &type, 1);
	n = put_option(p, n, OPT_CLIENT_ID, id, sizeof(id));
	if (r->requested)
		n = put_option(p, n, OPT_REQUESTED, r->requested->bytes, 4);
	if (r->server)
		n = put_option(p, n, OPT_SERVER, r->server->bytes, 4);
	n = put_option(p, n, OPT_MAX_SIZE, (uint8_t[]){DHCP4_FRAME_MAX >> 8, DHCP4_FRAME_MAX & 255},
		       2);
	n = put_option(p, n, OPT_WANTED, wanted, sizeof(wanted));
	p[n++] = OPT_END;
	return n < PACKET_MIN ? PACKET_MIN : n;
}

size_t dhcp4_make(const struct dhcp4_request *r, uint8_t frame[DHCP4_FRAME_MAX])
{
	uint8_t *udp = frame + IP_SIZE;
	size_t n;
	uint32_t sum;

	memset(frame, 0, DHCP4_FRAME_MAX);
	n = UDP_SIZE + make_bootp(r, udp + UDP_SIZE);
	frame[0] = 0x45;
	put16(frame + 2, (unsigned int)(IP_SIZE + n));
	frame[8] = 64;
	frame[9] = 17;
	if (r->ciaddr)
		memcpy(frame + 12, r->ciaddr->bytes, 4);
	if (r->to)
		memcpy(frame + 16, r->to->bytes, 4);
	else
		memset(frame + 16, 255, 4);
	put16(frame + 10, end_sum(add_sum(0, frame, IP_SIZE)));
	put16(udp, CLIENT_PORT);
	put16(udp + 2, SERVER_PORT);
	put16(udp + 4, (unsigned int)n);
	sum = add_sum(17 + (uint32_t)n, frame + 12, 8);
	sum = end_sum(add_sum(sum, udp, n));
	put16(udp + 6, sum ? sum : 0xffff);
	return IP_SIZE + n;
}

/* UDP's own checksum is left out: on a virtual link it may not have been made yet. */
static bool unwrap(const uint8_t *frame, size_t n, const uint8_t **ret, size_t *ret_n)
{
	size_t head, total, udp_n;

	if (n < IP_SIZE + UDP_SIZE || frame[0] >> 4 != 4)
		return false;
	head = (size_t)(frame[0] & 15) * 4;
	total = get16(frame + 2);
	if (head < IP_SIZE || total > n || total < head + UDP_SIZE || frame[9] != 17 ||
	    (get16(frame + 6) & 0x3fff) || end_sum(add_sum(0, frame, head)) != 0)
		return false;
	udp_n = get16(frame + head + 4);
	if (get16(frame + head) != SERVER_PORT || get16(frame + head + 2) != CLIENT_PORT ||
	    udp_n < UDP_SIZE || udp_n > total - head)
		return false;
	*ret = frame + head + UDP_SIZE;
	*ret_n = udp_n - UDP_SIZE;
	return true;
}

/* The first of two equal ones counts. false: they end in the middle. */
static bool find_options(const uint8_t *p, size_t n, struct option options[256])
{
	size_t i = 0;

	while (i < n && p[i] != OPT_END) {
		size_t len;

		if (p[i] == 0) {
			i++;
			continue;
		}
		if (i + 2 > n)
			return false;
		len = p[i + 1];
		if (i + 2 + len > n)
			return false;
		if (!options[p[i]].p)
			options[p[i]] = (struct option){p + i + 2, len};
		i += 2 + len;
	}
	return true;
}

static struct net_addr address(const uint8_t *p, unsigned int prefix)
{
	struct net_addr a = {.family = AF_INET, .prefix = (uint8_t)prefix};

	memcpy(a.bytes, p, 4);
	return a;
}

static bool is_host(const uint8_t *p)
{
	return p[0] != 0 && p[0] != 127 && p[0] < 224;
}

static uint8_t prefix_of(const struct option *mask, const uint8_t *host)
{
	uint32_t bits = mask->p && mask->n == 4 ? get32(mask->p) : 0, rest = ~bits;

	if (bits == 0 || (rest & (rest + 1)))
		return host[0] < 128 ? 8 : host[0] < 192 ? 16 : 24;
	return rest ? (uint8_t)__builtin_clz(rest) : 32;
}

static uint32_t number(const struct option *o, uint32_t fallback)
{
	return o->p && o->n == 4 ? get32(o->p) : fallback;
}

static void add_route(struct dhcp4_lease *l, const struct net_addr *to, const uint8_t *via)
{
	struct net_route r = {.to = *to};

	if (l->n_routes >= DHCP4_ROUTES_MAX)
		return;
	if (get32(via) != 0) {
		if (!is_host(via))
			return;
		r.via = address(via, 32);
		r.onlink = !net_addr_holds(&l->addr, &r.via);
	}
	net_addr_to_net(&r.to);
	l->routes[l->n_routes++] = r;
}

/* RFC 3442: bits, the bytes of the net that count, gateway; then option 3 does not count. */
static void take_routes(struct dhcp4_lease *l, const struct option options[256])
{
	const struct option *o = &options[OPT_ROUTES];
	struct net_addr to = {.family = AF_INET};
	size_t i = 0;

	if (!o->p) {
		o = &options[OPT_ROUTERS];
		if (o->p && o->n >= 4)
			add_route(l, &to, o->p);
		return;
	}
	while (i < o->n) {
		size_t bits = o->p[i], size = (bits + 7) / 8;

		if (bits > 32 || i + 1 + size + 4 > o->n)
			return;
		to = (struct net_addr){.family = AF_INET, .prefix = (uint8_t)bits};
		memcpy(to.bytes, o->p + i + 1, size);
		add_route(l, &to, o->p + i + 1 + size);
		i += 1 + size + 4;
	}
}

static void take_domain(struct dhcp4_lease *l, const struct option *o)
{
	static const char good[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._";
	size_t n = o->n;

	while (n && o->p[n - 1] == 0)
		n--;
	if (!o->p || n == 0 || n >= sizeof(l->domain))
		return;
	for (size_t i = 0; i < n; i++)
		if (o->p[i] == 0 || !strchr(good, o->p[i]))
			return;
	memcpy(l->domain, o->p, n);
}

static bool take_times(struct dhcp4_lease *l, const struct option options[256])
{
	l->lease_s = number(&options[OPT_LEASE], 0);
	if (l->lease_s == 0)
		return false;
	l->renew_s = number(&options[OPT_RENEW], l->lease_s / 2);
	l->rebind_s = number(&options[OPT_REBIND], (uint32_t)((uint64_t)l->lease_s * 7 / 8));
	if (l->renew_s == 0 || l->renew_s > l->rebind_s || l->rebind_s > l->lease_s) {
		l->renew_s = l->lease_s / 2;
		l->rebind_s = (uint32_t)((uint64_t)l->lease_s * 7 / 8);
	}
	return true;
}

static bool take_lease(struct dhcp4_lease *l, const uint8_t *p, const struct option options[256])
{
	const struct option *dns = &options[OPT_DNS], *mtu = &options[OPT_MTU];

	if (!is_host(p + 16) || !take_times(l, options))
		return false;
	l->addr = address(p + 16, prefix_of(&options[OPT_MASK], p + 16));
	take_routes(l, options);
	for (size_t i = 0; dns->p && i + 4 <= dns->n && l->n_dns < DHCP4_DNS_MAX; i += 4)
		if (get32(dns->p + i) != 0)
			l->dns[l->n_dns++] = address(dns->p + i, 32);
	if (mtu->p && mtu->n == 2 && get16(mtu->p) >= 576)
		l->mtu = get16(mtu->p);
	take_domain(l, &options[OPT_DOMAIN]);
	return true;
}

static bool all_options(const uint8_t *p, size_t n, struct option options[256])
{
	unsigned int over = 0;

	if (!find_options(p + OPTIONS_AT, n - OPTIONS_AT, options))
		return false;
	if (options[OPT_OVERLOAD].p && options[OPT_OVERLOAD].n == 1)
		over = options[OPT_OVERLOAD].p[0];
	return (!(over & 1) || find_options(p + FILE_AT, FILE_SIZE, options)) &&
	       (!(over & 2) || find_options(p + SNAME_AT, SNAME_SIZE, options));
}

bool dhcp4_parse(const uint8_t *frame, size_t n, uint32_t xid, const uint8_t mac[6],
		 enum dhcp4_type *ret_type, struct dhcp4_lease *ret)
{
	struct option options[256] = {{0}};
	struct dhcp4_lease l = {0};
	const uint8_t *p;
	enum dhcp4_type type;

	if (!unwrap(frame, n, &p, &n) || n < OPTIONS_AT || p[0] != 2 || p[1] != 1 || p[2] != 6 ||
	    get32(p + 4) != xid || memcmp(p + 28, mac, 6) != 0 ||
	    memcmp(p + BOOTP_SIZE, cookie, sizeof(cookie)) != 0 || !all_options(p, n, options))
		return false;
	if (!options[OPT_TYPE].p || options[OPT_TYPE].n != 1 || !options[OPT_SERVER].p ||
	    options[OPT_SERVER].n != 4)
		return false;
	type = (enum dhcp4_type)options[OPT_TYPE].p[0];
	l.server = address(options[OPT_SERVER].p, 32);
	if (type != DHCP4_OFFER && type != DHCP4_ACK && type != DHCP4_NAK)
		return false;
	if (type != DHCP4_NAK && !take_lease(&l, p, options))
		return false;
	*ret_type = type;
	*ret = l;
	return true;
}
