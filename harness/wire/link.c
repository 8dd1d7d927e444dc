/* SPDX-License-Identifier: MIT */
#include "wire/link.h"

#include <string.h>

/* Numbers asked for in one NAK. */
#define NAK_MAX 16

void link_init(struct link *l, const struct link_config *config)
{
	memset(l, 0, sizeof(*l));
	l->c = *config;
	l->rto = LINK_RTO_FIRST;
	l->ack_at = LINK_NEVER;
}

void link_open(struct link *l, uint32_t session)
{
	struct link_counters n = l->n;
	struct link_config c = l->c;

	link_init(l, &c);
	l->n = n;
	l->session = session;
	for (uint32_t i = 0; i < c.rx_slots; i++)
		c.rx[i].held = false;
}

static struct link_slot *tx_slot(const struct link *l, uint32_t seq)
{
	return &l->c.tx[seq % l->c.tx_slots];
}

static struct link_slot *rx_slot(const struct link *l, uint32_t seq)
{
	return &l->c.rx[seq % l->c.rx_slots];
}

uint32_t link_room(const struct link *l)
{
	return l->c.tx_slots - (l->end - l->una);
}

uint32_t link_slots(size_t n)
{
	return n ? (uint32_t)((n + FRAME_PAYLOAD_MAX - 1) / FRAME_PAYLOAD_MAX) : 1;
}

bool link_put(struct link *l, char type, uint8_t flags, const void *data, size_t n)
{
	struct link_slot *s = tx_slot(l, l->end);

	if (!link_room(l) || n > FRAME_PAYLOAD_MAX)
		return false;
	s->type = type;
	s->flags = flags;
	s->len = (uint16_t)n;
	s->again = s->repeated = false;
	if (n)
		memcpy(s->data, data, n);
	l->end++;
	return true;
}

bool link_put_msg(struct link *l, char type, const void *data, size_t n)
{
	const char *p = data;

	if (link_slots(n) > link_room(l))
		return false;
	for (;;) {
		size_t part = n > FRAME_PAYLOAD_MAX ? FRAME_PAYLOAD_MAX : n;

		link_put(l, type, n > part ? FRAME_MORE : 0, p, part);
		if (n == part)
			return true;
		p += part;
		n -= part;
	}
}

void link_put_beat(struct link *l, const void *data, size_t n)
{
	if (n > LINK_BEAT_MAX)
		return;
	memcpy(l->beat, data, n);
	l->beat_len = (uint16_t)n;
}

/* ---- what arrives ---- */

static void measure(struct link *l, uint64_t rtt)
{
	uint64_t off = rtt > l->srtt ? rtt - l->srtt : l->srtt - rtt;

	if (!l->srtt) {
		l->srtt = rtt;
		l->rttvar = rtt / 2;
	} else {
		l->rttvar = (3 * l->rttvar + off) / 4;
		l->srtt = (7 * l->srtt + rtt) / 8;
	}
	l->rto = l->srtt + 4 * l->rttvar;
	if (l->rto < LINK_RTO_MIN)
		l->rto = LINK_RTO_MIN;
	if (l->rto > LINK_RTO_MAX)
		l->rto = LINK_RTO_MAX;
}

static void take_ack(struct link *l, uint32_t ack, uint64_t now)
{
	uint32_t n = ack - l->una;
	bool repaired = false;

	if (n == 0)
		return;
	if (n > l->nxt - l->una) {
		/* An old frame says an older number: harmless. */
		if ((int32_t)n > 0)
			l->n.beyond++;
		return;
	}
	for (; l->una != ack; l->una++) {
		const struct link_slot *s = tx_slot(l, l->una);

		l->in_flight -= (uint32_t)frame_line_len(s->len);
		repaired |= s->repeated;
		/* What waited for a repetition says nothing about the round trip. */
		if (l->una + 1 == ack && !repaired)
			measure(l, now - s->sent_at);
	}
	l->progress_at = now;
	l->backoff = 0;
	l->query = false;
}

static void take_nak(struct link *l, const struct frame *f, uint64_t now)
{
	const char *p = f->payload;

	for (size_t at = 0; at + 8 <= f->len; at += 8) {
		uint32_t seq;

		if (!frame_get_hex(p + at, 8, &seq))
			return;
		if (seq - l->una >= l->nxt - l->una)
			continue;
		tx_slot(l, seq)->again = true;
		l->any_again = true;
		l->progress_at = now;
	}
}

static void take_sequenced(struct link *l, const struct frame *f, uint64_t now)
{
	struct link_slot *s = rx_slot(l, f->seq);

	if ((int32_t)(f->seq - l->rx_next) < 0 ||
	    (f->seq - l->rx_next < l->c.rx_slots && s->held)) {
		l->n.duplicate++;
		l->ack_now = true;
		return;
	}
	if (f->seq - l->rx_next >= l->c.rx_slots) {
		l->n.beyond++;
		return;
	}
	s->held = true;
	s->type = f->type;
	s->flags = f->flags;
	s->len = f->len;
	memcpy(s->data, f->payload, f->len);
}

/* Numbers below high exist: what is missing among those not asked for yet is asked for. */
static void note_high(struct link *l, uint32_t high)
{
	if ((int32_t)(high - l->rx_next) > (int32_t)l->c.rx_slots)
		high = l->rx_next + l->c.rx_slots;
	if ((int32_t)(high - l->rx_high) > 0)
		l->rx_high = high;
	if ((int32_t)(l->nak_high - l->rx_next) < 0)
		l->nak_high = l->rx_next;
	for (uint32_t seq = l->nak_high; (int32_t)(l->rx_high - seq) > 0; seq++)
		if (!rx_slot(l, seq)->held) {
			l->gap = true;
			return;
		}
	l->nak_high = l->rx_high;
}

void link_input(struct link *l, const struct frame *f, uint64_t now)
{
	l->n.frames_in++;
	l->established = true;
	/* A peer that talks also reads: waiting longer each time is for one that has fallen silent.
	 */
	l->backoff = 0;
	take_ack(l, f->ack, now);
	if (f->type == FRAME_NAK)
		take_nak(l, f, now);
	if (f->type == FRAME_QUERY)
		l->answer = true;
	if (frame_is_sequenced(f->type)) {
		take_sequenced(l, f, now);
		note_high(l, f->seq + 1);
	} else {
		note_high(l, f->seq);
	}
}

static void note_taken(struct link *l, const struct link_slot *s, uint64_t now)
{
	l->rx_next++;
	if ((int32_t)(l->rx_high - l->rx_next) < 0)
		l->rx_high = l->rx_next;
	l->rx_unacked += s->len;
	if (l->rx_unacked >= l->c.ack_bytes)
		l->ack_now = true;
	else if (l->ack_at == LINK_NEVER)
		l->ack_at = now + l->c.ack_delay_us;
}

static void append(struct link *l, const struct link_slot *s)
{
	if (s->len > l->c.msg_max - l->msg_len) {
		l->msg_bad = true;
		return;
	}
	memcpy(l->c.msg + l->msg_len, s->data, s->len);
	l->msg_len += s->len;
}

bool link_take(struct link *l, const void **ret_data, size_t *ret_len, uint64_t now)
{
	while (rx_slot(l, l->rx_next)->held) {
		struct link_slot *s = rx_slot(l, l->rx_next);
		bool bad;

		append(l, s);
		s->held = false;
		note_taken(l, s, now);
		if (s->flags & FRAME_MORE)
			continue;
		bad = l->msg_bad;
		*ret_data = l->c.msg;
		*ret_len = l->msg_len;
		l->msg_len = 0;
		l->msg_bad = false;
		if (!bad)
			return true;
		l->n.too_long++;
	}
	return false;
}

uint32_t link_lost(const struct link *l)
{
	uint32_t n = 0;

	for (uint32_t seq = l->rx_next; (int32_t)(l->rx_high - seq) > 0; seq++)
		n += !rx_slot(l, seq)->held;
	return n;
}

/* ---- what is to be sent ---- */

static size_t emit(struct link *l, char *line, struct frame *f)
{
	f->dir = l->c.dir;
	f->session = l->session;
	f->ack = l->rx_next;
	if (!frame_is_sequenced(f->type))
		f->seq = l->nxt;
	l->ack_now = l->answer = false;
	l->ack_at = LINK_NEVER;
	l->rx_unacked = 0;
	l->n.frames_out++;
	return frame_format(f, line, FRAME_LINE_MAX);
}

/* An acknowledgement, with the numbers that are missing if any are. */
static size_t pull_ack(struct link *l, char *line)
{
	char list[NAK_MAX * 8];
	struct frame f = {.type = FRAME_ACK, .payload = list};
	uint32_t seq = l->nak_high;

	l->gap = false;
	if (l->answer || (int32_t)(seq - l->rx_next) < 0)
		seq = l->rx_next;
	for (; (int32_t)(l->rx_high - seq) > 0 && f.len < sizeof(list); seq++)
		if (!rx_slot(l, seq)->held) {
			frame_put_hex(list + f.len, seq, 8);
			f.len += 8;
			l->n.missing++;
		}
	if ((int32_t)(seq - l->nak_high) > 0)
		l->nak_high = seq;
	if (f.len)
		f.type = FRAME_NAK;
	return emit(l, line, &f);
}

static size_t pull_slot(struct link *l, char *line, uint32_t seq, uint64_t now)
{
	struct link_slot *s = tx_slot(l, seq);
	struct frame f = {
		.type = s->type, .flags = s->flags, .seq = seq, .len = s->len, .payload = s->data};

	s->sent_at = now;
	return emit(l, line, &f);
}

static size_t pull_again(struct link *l, char *line, uint64_t now)
{
	for (uint32_t seq = l->una; seq != l->nxt; seq++) {
		struct link_slot *s = tx_slot(l, seq);

		if (!s->again)
			continue;
		s->again = false;
		s->repeated = true;
		l->n.resent++;
		return pull_slot(l, line, seq, now);
	}
	l->any_again = false;
	return 0;
}

static size_t pull_new(struct link *l, char *line, uint64_t now)
{
	const struct link_slot *s = tx_slot(l, l->nxt);
	uint32_t n = (uint32_t)frame_line_len(s->len);

	if (l->nxt == l->end || (l->in_flight && l->in_flight + n > l->c.window))
		return 0;
	if (l->una == l->nxt)
		l->progress_at = now;
	l->in_flight += n;
	l->nxt++;
	return pull_slot(l, line, l->nxt - 1, now);
}

static uint64_t rto_at(const struct link *l)
{
	uint64_t wait = l->rto << l->backoff;

	if (l->una == l->nxt)
		return LINK_NEVER;
	if (!l->established)
		wait = LINK_HELLO_US;
	return l->progress_at + (wait > LINK_RTO_MAX ? LINK_RTO_MAX : wait);
}

/*
 * Nothing was acknowledged for too long. A peer that knows the session is asked what it misses: a
 * small frame, which does not fill the input queue of a guest that has stopped reading, as
 * repetitions would. A peer that does not (a hello on its way) needs the frames themselves.
 */
static void on_timeout(struct link *l, uint64_t now)
{
	l->progress_at = now;
	if (l->established) {
		l->query = true;
		if (l->rto << l->backoff < LINK_RTO_MAX)
			l->backoff++;
		return;
	}
	for (uint32_t seq = l->una; seq != l->nxt; seq++)
		tx_slot(l, seq)->again = true;
	l->any_again = true;
}

static size_t pull_special(struct link *l, char *line)
{
	struct frame f = {.payload = ""};

	if (l->reset) {
		l->reset = false;
		f.type = FRAME_RESET;
	} else if (l->beat_len) {
		f.type = FRAME_BEAT;
		f.payload = l->beat;
		f.len = l->beat_len;
		l->beat_len = 0;
	} else if (l->query) {
		l->query = false;
		f.type = FRAME_QUERY;
	} else {
		return 0;
	}
	return emit(l, line, &f);
}

size_t link_pull(struct link *l, char *line, uint64_t now)
{
	size_t n;

	if (now >= rto_at(l))
		on_timeout(l, now);
	if (l->gap || l->answer)
		return pull_ack(l, line);
	n = pull_special(l, line);
	if (!n && l->any_again)
		n = pull_again(l, line, now);
	if (!n)
		n = pull_new(l, line, now);
	if (!n && (l->ack_now || now >= l->ack_at))
		n = pull_ack(l, line);
	return n;
}

uint64_t link_wakeup(const struct link *l)
{
	uint64_t rto = rto_at(l);

	return rto < l->ack_at ? rto : l->ack_at;
}
