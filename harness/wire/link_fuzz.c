/* SPDX-License-Identifier: MIT */
/* A hostile peer: frames with right checksums and any content whatever. */
#include <stdlib.h>
#include <string.h>

#include "wire/link.h"
#include "wire/msg.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#define SLOTS  32u
#define WINDOW 1024u

static struct link_slot tx[SLOTS], rx[SLOTS];
static char message[2000];

static void check(const struct link *l, uint32_t rx_next)
{
	/* One frame is always allowed, so that a window smaller than a frame cannot stop all. */
	if (l->in_flight > WINDOW || l->end - l->una > SLOTS || l->nxt - l->una > l->end - l->una)
		abort();
	if ((int32_t)(l->rx_next - rx_next) < 0 || l->rx_high - l->rx_next > SLOTS)
		abort();
	if (link_lost(l) > SLOTS)
		abort();
}

static void read_message(const void *data, size_t n)
{
	struct msg m, pair;
	size_t at = 0;
	uint64_t v;
	char text[20];

	if (n > sizeof(message))
		abort();
	if (!msg_parse(data, n, &m))
		return;
	if (m.head_len + m.body_len + 1 != n)
		abort();
	while (msg_next(&m, &at, &pair))
		;
	if (at != m.head_len)
		abort();
	msg_get_u64(&m, "id", &v);
	msg_get_str(&m, "op", text, sizeof(text));
}

/* Bytes of one step: what to do, number, acknowledged, length, payload. */
static size_t step(struct link *l, const uint8_t *p, size_t n, uint64_t *now)
{
	static const char types[] = "HDANQBRZ";
	struct frame f = {.dir = FRAME_FROM_GUEST};
	char line[FRAME_LINE_MAX];
	const void *data;
	size_t len, used;

	if (n < 5)
		return n;
	*now += (uint64_t)p[1] * 1000;
	used = p[3] < n - 5 ? p[3] : n - 5;
	switch (p[0] >> 6) {
	case 0:
		link_put_msg(l, FRAME_DATA, p + 5, used);
		break;
	case 1:
		while (link_pull(l, line, *now))
			;
		break;
	default:
		f.type = types[p[0] & 7];
		f.flags = p[0] >> 3 & 1;
		/* Near the truth, or anywhere. */
		f.seq = p[4] & 1 ? l->rx_next + (uint32_t)(int8_t)p[1] : p[1] * 0x01010101u;
		f.ack = p[4] & 2 ? l->una + (uint32_t)(int8_t)p[2] : p[2] * 0x01010101u;
		f.len = (uint16_t)used;
		f.payload = p + 5;
		link_input(l, &f, *now);
	}
	while (p[4] & 4 && link_take(l, &data, &len, *now))
		read_message(data, len);
	return used + 5;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct link l;
	uint64_t now = 1;

	link_init(&l, &(struct link_config){.dir = FRAME_FROM_HOST,
					    .tx = tx,
					    .rx = rx,
					    .tx_slots = SLOTS,
					    .rx_slots = SLOTS,
					    .window = WINDOW,
					    .ack_delay_us = 20000,
					    .ack_bytes = 4096,
					    .msg = message,
					    .msg_max = sizeof(message)});
	link_open(&l, 1);
	while (n) {
		uint32_t rx_next = l.rx_next;
		size_t used = step(&l, data, n, &now);

		check(&l, rx_next);
		data += used;
		n -= used;
	}
	return 0;
}
