/* SPDX-License-Identifier: MIT */
#include "dhcp4.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/cleanup.h"

#define S  1000000u
#define T0 (5u * S)

static const uint8_t mac[6] = {2, 0, 0, 0, 0, 1};

/* A server's answer, byte by byte, so that it can lie. */
struct answer {
	uint8_t bytes[DHCP4_FRAME_MAX];
	size_t n;
};

static void seal(struct answer *a)
{
	uint32_t sum = 0;

	a->bytes[2] = (uint8_t)(a->n >> 8);
	a->bytes[3] = (uint8_t)a->n;
	a->bytes[24] = (uint8_t)((a->n - 20) >> 8);
	a->bytes[25] = (uint8_t)(a->n - 20);
	a->bytes[10] = a->bytes[11] = 0;
	for (size_t i = 0; i < 20; i += 2)
		sum += (uint32_t)a->bytes[i] << 8 | a->bytes[i + 1];
	sum = (sum & 0xffff) + (sum >> 16);
	a->bytes[10] = (uint8_t)(~sum >> 8);
	a->bytes[11] = (uint8_t)~sum;
}

static void option(struct answer *a, uint8_t code, const void *data, size_t n)
{
	a->bytes[a->n++] = code;
	a->bytes[a->n++] = (uint8_t)n;
	memcpy(a->bytes + a->n, data, n);
	a->n += n;
}

static struct answer answer(uint8_t type, const struct dhcp4_client *c)
{
	static const uint8_t head[] = {0x45, 0, 0, 0, 0, 0, 0, 0, 64, 17};
	static const uint8_t ports[] = {0, 67, 0, 68};
	static const uint8_t cookie[] = {99, 130, 83, 99}, you[] = {10, 0, 0, 5};
	static const uint8_t server[] = {10, 0, 0, 1}, lease[] = {0, 0, 0, 200};
	struct answer a = {.n = 28 + 240};
	uint8_t *p = a.bytes + 28;

	memcpy(a.bytes, head, sizeof(head));
	memcpy(a.bytes + 20, ports, sizeof(ports));
	p[0] = 2;
	p[1] = 1;
	p[2] = 6;
	for (int i = 0; i < 4; i++)
		p[4 + i] = (uint8_t)(c->xid >> (24 - 8 * i));
	memcpy(p + 16, you, 4);
	memcpy(p + 28, mac, 6);
	memcpy(p + 236, cookie, 4);
	option(&a, 53, &type, 1);
	option(&a, 54, server, 4);
	option(&a, 51, lease, 4);
	return a;
}

static enum dhcp4_event take(struct dhcp4_client *c, uint64_t now, struct answer *a)
{
	a->bytes[a->n++] = 255;
	seal(a);
	return dhcp4_take(c, now, a->bytes, a->n);
}

static size_t act(struct dhcp4_client *c, uint64_t now, enum dhcp4_event wanted)
{
	uint8_t frame[DHCP4_FRAME_MAX];
	size_t n;

	assert_int_equal(dhcp4_act(c, now, frame, &n), wanted);
	return n;
}

static struct dhcp4_client asking(void)
{
	struct dhcp4_client c;

	dhcp4_init(&c, mac, 1, T0);
	assert_true(act(&c, T0, DHCP4_NOTHING) >= 328);
	return c;
}

static struct dhcp4_client bound(void)
{
	struct dhcp4_client c = asking();
	struct answer offer = answer(2, &c), ack = answer(5, &c);

	assert_int_equal(take(&c, T0 + 1000, &offer), DHCP4_NOTHING);
	assert_int_equal(c.state, DHCP4_REQUESTING);
	assert_int_equal(take(&c, T0 + 1000, &ack), DHCP4_NOTHING); /* nothing was asked yet */
	assert_true(act(&c, T0 + 2000, DHCP4_NOTHING) > 0);
	ack = answer(5, &c);
	assert_int_equal(take(&c, T0 + 3000, &ack), DHCP4_LEASE);
	assert_int_equal(c.state, DHCP4_BOUND);
	assert_false(dhcp4_listens(&c));
	return c;
}

static void a_lease_is_read(void **state)
{
	static const uint8_t mask[] = {255, 255, 255, 128}, dns[] = {1, 1, 1, 1, 8, 8, 8, 8, 9};
	static const uint8_t routes[] = {24, 10,  9,   8,   10,	 0, 0, 2, 0, 10, 0, 0, 3,
					 32, 169, 254, 169, 254, 0, 0, 0, 0, 33, 1, 2};
	static const uint8_t router[] = {10, 0, 0, 1}, mtu[] = {0x05, 0x78};
	struct dhcp4_client c = asking();
	struct answer a = answer(2, &c);

	option(&a, 1, mask, 4);
	option(&a, 6, dns, sizeof(dns));
	option(&a, 121, routes, sizeof(routes));
	option(&a, 3, router, 4);
	option(&a, 26, mtu, 2);
	option(&a, 15, "a.example\0", 10);
	take(&c, T0, &a);
	assert_int_equal(c.lease.addr.prefix, 25);
	assert_int_equal(c.lease.n_dns, 2);
	assert_int_equal(c.lease.n_routes, 3); /* the router does not count beside them */
	assert_int_equal(c.lease.routes[0].to.prefix, 24);
	assert_int_equal(c.lease.routes[1].to.prefix, 0);
	assert_int_equal(c.lease.routes[1].via.bytes[3], 3);
	assert_int_equal(c.lease.routes[2].via.family, AF_UNSPEC);
	assert_int_equal(c.lease.mtu, 1400);
	assert_string_equal(c.lease.domain, "a.example");
	assert_int_equal(c.lease.renew_s, 100);
	assert_int_equal(c.lease.rebind_s, 175);
}

static void it_asks_again_ever_more_slowly(void **state)
{
	struct dhcp4_client c = asking();

	assert_int_equal(act(&c, T0 + S - 1, DHCP4_NOTHING), 0);
	assert_true(act(&c, T0 + S, DHCP4_NOTHING) > 0);
	assert_int_equal(c.due_us, T0 + 3 * S);
	for (int i = 0; i < 20; i++) {
		uint64_t before = c.due_us;

		assert_true(act(&c, before, DHCP4_NOTHING) > 0);
		assert_true(c.due_us <= before + 64 * S);
	}
}

static void an_offer_that_is_not_kept(void **state)
{
	struct dhcp4_client c = asking();
	struct answer a = answer(2, &c);
	uint32_t xid = c.xid;

	take(&c, T0, &a);
	for (int i = 0; i < 4; i++)
		assert_true(act(&c, c.due_us, DHCP4_NOTHING) > 0);
	assert_true(act(&c, c.due_us, DHCP4_NOTHING) > 0);
	assert_int_equal(c.state, DHCP4_SELECTING);
	assert_int_not_equal(c.xid, xid);
}

static void a_lease_is_renewed(void **state)
{
	struct dhcp4_client c = bound();
	struct answer a;
	uint64_t due = c.due_us;

	assert_int_equal(due, T0 + 2000 + 100 * S);
	assert_int_equal(act(&c, due - 1, DHCP4_NOTHING), 0);
	assert_true(act(&c, due, DHCP4_NOTHING) > 0);
	assert_int_equal(c.state, DHCP4_RENEWING);
	a = answer(5, &c);
	assert_int_equal(take(&c, due + 5, &a), DHCP4_LEASE);
	assert_int_equal(c.due_us, due + 100 * S);
}

static void a_lease_that_nobody_renews_is_lost_in_time(void **state)
{
	struct dhcp4_client c = bound();
	uint64_t end = c.bound_us + 200 * S;
	bool rebinds = false;

	while (c.due_us < end) {
		assert_true(act(&c, c.due_us, DHCP4_NOTHING) > 0);
		rebinds |= c.state == DHCP4_REBINDING;
	}
	assert_true(rebinds);
	assert_int_equal(c.due_us, end);
	act(&c, end, DHCP4_LOST);
	assert_int_equal(c.state, DHCP4_SELECTING);
	assert_true(act(&c, end, DHCP4_NOTHING) > 0);
}

static void a_refusal_takes_the_lease_away(void **state)
{
	struct dhcp4_client c = bound();
	struct answer a;

	act(&c, c.due_us, DHCP4_NOTHING);
	a = answer(6, &c);
	a.bytes[28 + 240 + 5] = 10;
	a.bytes[28 + 240 + 8] = 77; /* of another server */
	assert_int_equal(take(&c, T0 + 101 * S, &a), DHCP4_NOTHING);
	a = answer(6, &c);
	assert_int_equal(take(&c, T0 + 101 * S, &a), DHCP4_LOST);
	assert_true(c.due_us > T0 + 101 * S);
}

static void a_lease_for_ever(void **state)
{
	struct dhcp4_client c = asking();
	struct answer a = answer(2, &c);

	memset(a.bytes + 28 + 240 + 3 + 6 + 2, 255, 4);
	take(&c, T0, &a);
	act(&c, T0, DHCP4_NOTHING);
	a = answer(5, &c);
	memset(a.bytes + 28 + 240 + 3 + 6 + 2, 255, 4);
	assert_int_equal(take(&c, T0, &a), DHCP4_LEASE);
	assert_true(c.due_us == UINT64_MAX);
}

/* Where each lie stands in the packet, and what it says there. */
static void answers_that_do_not_hold(void **state)
{
	static const struct {
		size_t at;
		uint8_t byte;
	} lies[] = {
		{0, 0x46},
		{0, 0x44},
		{6, 0x20},
		{9, 6},
		{21, 68},
		{23, 67},
		{28, 1},
		{30, 16},
		{32, 99},
		{28 + 33, 2},
		{28 + 236, 98},
		{28 + 16, 127},
		{28 + 16, 0},
		{28 + 16, 224},
		{28 + 242, 9},
		{28 + 242, 1},
		{28 + 240 + 1, 200},
		{28 + 240 + 4, 3},
		{28 + 240 + 14, 0},
	};

	for (size_t i = 0; i < ARRAY_SIZE(lies); i++) {
		struct dhcp4_client c = asking();
		struct answer a = answer(2, &c);

		a.bytes[lies[i].at] = lies[i].byte;
		take(&c, T0, &a);
		if (c.state != DHCP4_SELECTING)
			fail_msg("lie %zu was believed", i);
	}
}

static void every_length(void **state)
{
	struct dhcp4_client c = asking();
	struct answer a = answer(2, &c);

	seal(&a);
	for (size_t n = 0; n < a.n; n++) {
		uint8_t *part = malloc(n ? n : 1); /* just so big: ASan watches its end */

		memcpy(part, a.bytes, n);
		dhcp4_take(&c, T0, part, n);
		assert_int_equal(c.state, DHCP4_SELECTING);
		free(part);
	}
	dhcp4_take(&c, T0, a.bytes, a.n);
	assert_int_equal(c.state, DHCP4_REQUESTING);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_lease_is_read),
		cmocka_unit_test(it_asks_again_ever_more_slowly),
		cmocka_unit_test(an_offer_that_is_not_kept),
		cmocka_unit_test(a_lease_is_renewed),
		cmocka_unit_test(a_lease_that_nobody_renews_is_lost_in_time),
		cmocka_unit_test(a_refusal_takes_the_lease_away),
		cmocka_unit_test(a_lease_for_ever),
		cmocka_unit_test(answers_that_do_not_hold),
		cmocka_unit_test(every_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
