/* SPDX-License-Identifier: MIT */
#include "dhcp4.h"

#include <string.h>

#include "base/cleanup.h"
#include "dhcp4_packet.h"

#define SECOND	      1000000u
#define RETRY_MAX_S   64
#define REQUESTS_MAX  4
#define RENEW_AGAIN_S 60

static uint64_t after(uint64_t from_us, uint64_t s)
{
	return from_us + s * SECOND;
}

/* 1, 2, 4, … seconds. */
static uint64_t retry_us(const struct dhcp4_client *c, uint64_t now_us)
{
	uint64_t s = c->tries < 6 ? 1u << c->tries : RETRY_MAX_S;

	return after(now_us, s);
}

static void start_over(struct dhcp4_client *c, uint64_t now_us, uint64_t due_us)
{
	c->state = DHCP4_SELECTING;
	c->xid = c->xid * 1664525u + 1013904223u;
	c->tries = 0;
	c->began_us = now_us;
	c->due_us = due_us;
}

void dhcp4_init(struct dhcp4_client *c, const uint8_t mac[6], uint32_t xid, uint64_t now_us)
{
	*c = (struct dhcp4_client){.xid = xid};
	memcpy(c->mac, mac, sizeof(c->mac));
	start_over(c, now_us, now_us);
}

bool dhcp4_listens(const struct dhcp4_client *c)
{
	return c->state != DHCP4_BOUND;
}

static struct dhcp4_request request(const struct dhcp4_client *c, enum dhcp4_type type,
				    uint64_t now_us)
{
	uint64_t s = (now_us - c->began_us) / SECOND;

	return (struct dhcp4_request){.type = type,
				      .xid = c->xid,
				      .mac = c->mac,
				      .secs = s < 65535 ? (uint16_t)s : 65535};
}

static size_t discover(struct dhcp4_client *c, uint64_t now_us, uint8_t *frame)
{
	struct dhcp4_request r = request(c, DHCP4_DISCOVER, now_us);

	c->due_us = retry_us(c, now_us);
	c->tries++;
	return dhcp4_make(&r, frame);
}

static size_t ask_for_offer(struct dhcp4_client *c, uint64_t now_us, uint8_t *frame)
{
	struct dhcp4_request r = request(c, DHCP4_REQUEST, now_us);

	r.requested = &c->lease.addr;
	r.server = &c->lease.server;
	c->asked_us = now_us;
	c->due_us = retry_us(c, now_us);
	c->tries++;
	return dhcp4_make(&r, frame);
}

/* Half of what remains until the next step, and not too often. */
static uint64_t again_us(uint64_t now_us, uint64_t end_us)
{
	uint64_t half = now_us + (end_us - now_us) / 2, least = after(now_us, RENEW_AGAIN_S);
	uint64_t at = half > least ? half : least;

	return at < end_us ? at : end_us;
}

/* BOUND and past its time to renew. */
static enum dhcp4_event renew(struct dhcp4_client *c, uint64_t now_us, uint8_t *frame,
			      size_t *ret_n)
{
	uint64_t rebind = after(c->bound_us, c->lease.rebind_s);
	uint64_t end = after(c->bound_us, c->lease.lease_s);
	struct dhcp4_request r;

	if (now_us >= end) {
		start_over(c, now_us, now_us);
		return DHCP4_LOST;
	}
	if (c->state == DHCP4_BOUND) {
		c->began_us = now_us;
		c->xid = c->xid * 1664525u + 1013904223u;
	}
	c->state = now_us < rebind ? DHCP4_RENEWING : DHCP4_REBINDING;
	r = request(c, DHCP4_REQUEST, now_us);
	r.ciaddr = &c->lease.addr;
	if (c->state == DHCP4_RENEWING)
		r.to = &c->lease.server;
	c->asked_us = now_us;
	c->due_us = again_us(now_us, c->state == DHCP4_RENEWING ? rebind : end);
	*ret_n = dhcp4_make(&r, frame);
	return DHCP4_NOTHING;
}

enum dhcp4_event dhcp4_act(struct dhcp4_client *c, uint64_t now_us, uint8_t frame[DHCP4_FRAME_MAX],
			   size_t *ret_n)
{
	*ret_n = 0;
	if (now_us < c->due_us)
		return DHCP4_NOTHING;
	if (c->state == DHCP4_REQUESTING && c->tries >= REQUESTS_MAX)
		start_over(c, now_us, now_us);
	switch (c->state) {
	case DHCP4_SELECTING:
		*ret_n = discover(c, now_us, frame);
		return DHCP4_NOTHING;
	case DHCP4_REQUESTING:
		*ret_n = ask_for_offer(c, now_us, frame);
		return DHCP4_NOTHING;
	default:
		return renew(c, now_us, frame, ret_n);
	}
}

static enum dhcp4_event bind_lease(struct dhcp4_client *c, const struct dhcp4_lease *l)
{
	c->lease = *l;
	c->state = DHCP4_BOUND;
	c->tries = 0;
	c->bound_us = c->asked_us;
	c->due_us = l->lease_s == DHCP4_FOREVER ? UINT64_MAX : after(c->bound_us, l->renew_s);
	return DHCP4_LEASE;
}

static enum dhcp4_event refused(struct dhcp4_client *c, uint64_t now_us)
{
	bool had = c->state != DHCP4_REQUESTING;

	start_over(c, now_us, after(now_us, 1));
	return had ? DHCP4_LOST : DHCP4_NOTHING;
}

enum dhcp4_event dhcp4_take(struct dhcp4_client *c, uint64_t now_us, const uint8_t *frame, size_t n)
{
	struct dhcp4_lease l;
	enum dhcp4_type type;

	if (!dhcp4_listens(c) || !dhcp4_parse(frame, n, c->xid, c->mac, &type, &l))
		return DHCP4_NOTHING;
	if (c->state == DHCP4_SELECTING) {
		if (type != DHCP4_OFFER || c->tries == 0)
			return DHCP4_NOTHING;
		c->lease = l;
		c->state = DHCP4_REQUESTING;
		c->tries = 0;
		c->due_us = now_us;
		return DHCP4_NOTHING;
	}
	if (c->tries == 0 && c->state == DHCP4_REQUESTING)
		return DHCP4_NOTHING;
	/* Another server than the one that was asked has no say, but when all were. */
	if (c->state != DHCP4_REBINDING && !net_addr_equal(&l.server, &c->lease.server))
		return DHCP4_NOTHING;
	if (type == DHCP4_ACK)
		return bind_lease(c, &l);
	return type == DHCP4_NAK ? refused(c, now_us) : DHCP4_NOTHING;
}
