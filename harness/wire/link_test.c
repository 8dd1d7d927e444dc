/* SPDX-License-Identifier: MIT */
/* Both ends of a link in one process, on a clock of its own: loss, damage and order are chosen. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "wire/link.h"

#define SLOTS  64
#define WINDOW 1024u

struct end {
	struct link link;
	struct link_slot tx[SLOTS], rx[SLOTS];
	char msg[4000];
	struct frame_reader reader;
	uint32_t next_in; /* number that the next message must carry */
	bool deaf;	  /* takes nothing */
};

static struct end guest, host;
static uint64_t now;
static unsigned long lines, bytes_max;

static void init_end(struct end *e, char dir, char expect, uint32_t window)
{
	memset(e, 0, sizeof(*e));
	link_init(&e->link, &(struct link_config){.dir = dir,
						  .tx = e->tx,
						  .rx = e->rx,
						  .tx_slots = SLOTS,
						  .rx_slots = SLOTS,
						  .window = window,
						  .ack_delay_us = 20000,
						  .ack_bytes = 4096,
						  .msg = e->msg,
						  .msg_max = sizeof(e->msg)});
	frame_reader_init(&e->reader, expect);
	link_open(&e->link, 77);
}

static int setup(void **state)
{
	now = 1000000;
	lines = bytes_max = 0;
	init_end(&guest, FRAME_FROM_GUEST, FRAME_FROM_HOST, 65536);
	init_end(&host, FRAME_FROM_HOST, FRAME_FROM_GUEST, WINDOW);
	return 0;
}

static void take_all(struct end *e)
{
	const void *data;
	char want[16];
	size_t n;

	while (!e->deaf && link_take(&e->link, &data, &n, now)) {
		snprintf(want, sizeof(want), "%u ", e->next_in++);
		assert_true(n >= strlen(want));
		assert_memory_equal(data, want, strlen(want));
	}
}

static void receive(struct end *e, const char *line, size_t n)
{
	struct frame f;

	while (frame_read(&e->reader, &line, &n, &f))
		link_input(&e->link, &f, now);
	take_all(e);
}

/* One line from one end to the other, unless the fates decide otherwise. False: nothing to send. */
static bool carry(struct end *from, struct end *to, unsigned int lose_one_in)
{
	static uint32_t dice = 4711;
	char line[FRAME_LINE_MAX];
	size_t n = link_pull(&from->link, line, now);

	if (!n)
		return false;
	lines++;
	if (from->link.in_flight > bytes_max && from == &host)
		bytes_max = from->link.in_flight;
	dice = dice * 1664525 + 1013904223;
	if (lose_one_in && (dice >> 16) % lose_one_in == 0)
		return true;
	receive(to, line, n);
	return true;
}

static void idle(void)
{
	uint64_t a = link_wakeup(&guest.link), b = link_wakeup(&host.link);

	a = a < b ? a : b;
	assert_true(a != LINK_NEVER);
	now = a > now ? a : now + 1;
}

static bool put(struct end *e, uint32_t number, size_t n)
{
	char msg[3000];

	memset(msg, 'x', sizeof(msg));
	msg[snprintf(msg, 16, "%u", number)] = ' ';
	return link_put_msg(&e->link, FRAME_DATA, msg, n);
}

static void exchange(uint32_t to_host, uint32_t to_guest, unsigned int lose)
{
	uint32_t a = host.next_in, b = guest.next_in;
	unsigned long rounds = 0;

	while (host.next_in < to_host || guest.next_in < to_guest) {
		bool sent;

		while (a < to_host && put(&guest, a, 20 + a * 37 % 2900))
			a++;
		while (b < to_guest && put(&host, b, 20 + b * 53 % 2900))
			b++;
		sent = carry(&guest, &host, lose);
		sent |= carry(&host, &guest, lose);
		now += 100;
		if (!sent)
			idle();
		assert_true(++rounds < 1000000);
	}
	assert_int_equal(host.next_in, to_host);
	assert_int_equal(guest.next_in, to_guest);
}

static void both_ways_in_order(void **state)
{
	exchange(500, 500, 0);
	assert_int_equal(guest.link.n.resent + host.link.n.resent, 0);
	assert_int_equal(guest.link.n.duplicate + host.link.n.duplicate, 0);
}

static void every_third_line_lost(void **state)
{
	exchange(300, 300, 3);
	assert_true(guest.link.n.resent > 0 && host.link.n.resent > 0);
}

static void window_to_the_guest_holds(void **state)
{
	exchange(0, 400, 5);
	assert_true(bytes_max > 0 && bytes_max <= WINDOW);
}

static void hello_is_repeated_until_answered(void **state)
{
	char line[FRAME_LINE_MAX];

	link_put_msg(&guest.link, FRAME_HELLO, "0 hello", 7);
	for (int i = 0; i < 5; i++) {
		assert_true(link_pull(&guest.link, line, now) > 0);
		assert_int_equal(line[3], FRAME_HELLO);
		assert_int_equal(link_pull(&guest.link, line, now), 0);
		assert_int_equal(link_wakeup(&guest.link) - now, LINK_HELLO_US);
		now += LINK_HELLO_US;
	}
	assert_true(carry(&guest, &host, 0));
	now += 20000;
	assert_true(carry(&host, &guest, 0));
	assert_true(link_idle(&guest.link));
	assert_int_equal(link_wakeup(&guest.link), LINK_NEVER);
}

/* A guest that stops reading gets small questions, ever rarer, and never more than the window. */
static void silence_is_not_flooded(void **state)
{
	char line[FRAME_LINE_MAX];
	size_t bytes = 0;

	host.link.established = true;
	for (uint32_t i = 0; i < 20; i++)
		put(&host, i, 600);
	for (uint64_t end = now + 60000000; now < end;) {
		size_t n = link_pull(&host.link, line, now);

		bytes += n;
		if (!n)
			idle();
	}
	assert_true(bytes < 4096);
	exchange(0, 20, 0);
}

static void what_is_not_taken_is_not_acknowledged(void **state)
{
	uint32_t sent = 0;

	host.deaf = true;
	for (int i = 0; i < 2000; i++) {
		while (put(&guest, sent, 600))
			sent++;
		if (!carry(&guest, &host, 0) && !carry(&host, &guest, 0))
			idle();
	}
	assert_int_equal(sent, SLOTS);
	assert_int_equal(host.next_in, 0);
	host.deaf = false;
	take_all(&host);
	assert_int_equal(host.next_in, SLOTS);
}

static void replayed_frames_change_nothing(void **state)
{
	char line[FRAME_LINE_MAX];
	size_t n;

	put(&guest, 0, 20);
	n = link_pull(&guest.link, line, now);
	for (int i = 0; i < 10; i++)
		receive(&host, line, n);
	assert_int_equal(host.next_in, 1);
	assert_int_equal(host.link.n.duplicate, 9);
}

static void input(struct end *e, char type, uint32_t seq, uint32_t ack, const char *payload)
{
	const struct frame f = {.dir = FRAME_FROM_GUEST,
				.type = type,
				.session = 77,
				.seq = seq,
				.ack = ack,
				.len = (uint16_t)strlen(payload),
				.payload = payload};

	link_input(&e->link, &f, now);
	take_all(e);
}

static void impossible_numbers_change_nothing(void **state)
{
	put(&host, 0, 20);
	assert_true(carry(&host, &guest, 0));
	input(&host, FRAME_DATA, 5000000, 0, "0 far");
	input(&host, FRAME_DATA, SLOTS, 0, "0 just past the window");
	input(&host, FRAME_ACK, 0, 2, "");
	input(&host, FRAME_ACK, 0, 0x80000000u, "");
	input(&host, FRAME_NAK, 0, 0, "00000007ffffffff00");
	input(&host, FRAME_NAK, 0, 0, "not hex!");
	input(&host, 'Z', 0, 0, "what is this");
	assert_true(host.link.n.beyond >= 3);
	assert_int_equal(host.next_in, 0);
	assert_false(link_idle(&host.link));
	assert_int_equal(host.link.n.resent, 0);
	exchange(10, 1, 0);
}

static void gap_is_asked_for_once(void **state)
{
	char line[FRAME_LINE_MAX], lost[FRAME_LINE_MAX];
	size_t n;

	for (uint32_t i = 0; i < 4; i++)
		put(&guest, i, 20);
	link_pull(&guest.link, lost, now);
	for (int i = 0; i < 3; i++)
		assert_true(carry(&guest, &host, 0));
	n = link_pull(&host.link, line, now);
	assert_int_equal(line[3], FRAME_NAK);
	assert_int_equal(link_lost(&host.link), 1);
	assert_int_equal(link_pull(&host.link, lost, now), 0);
	/* What comes meanwhile shows the same gap. */
	put(&guest, 4, 20);
	assert_true(carry(&guest, &host, 0));
	assert_int_equal(link_pull(&host.link, lost, now), 0);
	receive(&guest, line, n);
	assert_true(carry(&guest, &host, 0));
	assert_int_equal(host.next_in, 5);
	assert_int_equal(host.link.n.missing, 1);
	assert_int_equal(guest.link.n.resent, 1);
	assert_int_equal(link_lost(&host.link), 0);
}

static void endless_message_is_dropped(void **state)
{
	char part[FRAME_PAYLOAD_MAX] = {0};
	const void *data;
	size_t n;

	host.deaf = true;
	for (int i = 0; i < 200; i++) {
		link_put(&guest.link, FRAME_DATA, i < 199 ? FRAME_MORE : 0, part, sizeof(part));
		while (carry(&guest, &host, 0))
			;
		assert_false(link_take(&host.link, &data, &n, now));
		while (carry(&host, &guest, 0))
			;
		now += 30000;
	}
	assert_int_equal(host.link.n.too_long, 1);
	host.deaf = false;
	exchange(3, 0, 0);
}

static void numbers_wrap(void **state)
{
	guest.link.una = guest.link.nxt = guest.link.end = UINT32_MAX - 20;
	host.link.rx_next = host.link.rx_high = host.link.nak_high = UINT32_MAX - 20;
	exchange(200, 0, 4);
}

#define T(fn) cmocka_unit_test_setup(fn, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(both_ways_in_order),
		T(every_third_line_lost),
		T(window_to_the_guest_holds),
		T(hello_is_repeated_until_answered),
		T(silence_is_not_flooded),
		T(what_is_not_taken_is_not_acknowledged),
		T(replayed_frames_change_nothing),
		T(impossible_numbers_change_nothing),
		T(gap_is_asked_for_once),
		T(endless_message_is_dropped),
		T(numbers_wrap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
