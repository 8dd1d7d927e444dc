/* SPDX-License-Identifier: MIT */
#include "machine/chan.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "machine/chan_priv.h"

/* ---- troubles: told when a count has doubled, so that a flood does not flood the store ---- */

void chan_tell(struct chan *c, const char *kind, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	if (!c->listener.on_trouble)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	c->listener.on_trouble(c->listener.arg, kind, text);
}

static void count_trouble(struct chan *c, unsigned int i, const char *kind, uint64_t n,
			  const char *what)
{
	if (n == 0 || n < c->trouble[i].told_at)
		return;
	c->trouble[i].told_at = n * 2;
	chan_tell(c, kind, "%llu %s", (unsigned long long)n, what);
}

/* On a console, what looks damaged may be nobody's frame: it counts where the session stands. */
static uint64_t bad_crc(const struct chan *c)
{
	return c->reader.damaged + (c->on_console ? c->console_reader.damaged : 0);
}

static void check_troubles(struct chan *c)
{
	const struct link_counters *l = &c->link.n;

	count_trouble(c, 0, "crc", bad_crc(c), "frames arrived damaged or cut");
	count_trouble(c, 1, "oversize", c->reader.oversize, "frames claimed an impossible length");
	count_trouble(c, 2, "garbage", c->reader.garbage_bytes, "bytes arrived outside of frames");
	count_trouble(c, 3, "duplicate", l->duplicate, "frames arrived again");
	count_trouble(c, 4, "beyond", l->beyond, "frames had impossible numbers");
	count_trouble(c, 5, "resend", l->resent, "frames were sent again to the guest");
	count_trouble(c, 6, "missing", l->missing, "frames were missed and asked for again");
	count_trouble(c, 7, "stale", c->n.stale, "frames of an earlier session");
	count_trouble(c, 8, "message", l->too_long + c->n.bad_messages, "messages made no sense");
	count_trouble(c, 9, "lost", c->n.lost, "frames never arrived");
	count_trouble(c, 10, "guest-crc", c->n.guest_bad_crc, "frames reached the guest damaged");
	count_trouble(c, 11, "guest-resend", c->n.guest_resent, "frames were sent again by it");
	count_trouble(c, 12, "session", c->n.sessions ? c->n.sessions - 1 : 0,
		      "times the agent began anew: it was restarted, or its guest");
	count_trouble(c, 13, "notes", c->dropped_notes, "more notes of the agent were dropped");
}

void chan_get_counters(const struct chan *c, struct chan_counters *ret)
{
	*ret = c->n;
	ret->frames_in = c->link.n.frames_in;
	ret->frames_out = c->link.n.frames_out;
	ret->bad_crc = bad_crc(c);
	ret->oversize = c->reader.oversize;
	ret->garbage_bytes = c->reader.garbage_bytes;
	ret->echoes = c->reader.echoes + c->console_reader.echoes;
	ret->resent = c->link.n.resent;
	ret->missing = c->link.n.missing;
	ret->duplicate = c->link.n.duplicate;
	ret->beyond = c->link.n.beyond;
}

/* ---- life ---- */

int chan_new(struct loop *loop, const struct chan_listener *listener, struct chan **ret_chan,
	     struct err *err)
{
	struct chan *c = xcalloc(1, sizeof(*c));

	c->loop = loop;
	c->listener = *listener;
	c->tx = xcalloc(CHAN_TX_SLOTS, sizeof(*c->tx));
	c->rx = xcalloc(CHAN_RX_SLOTS, sizeof(*c->rx));
	c->out_tail = &c->out;
	c->timer_at = LINK_NEVER;
	c->next_id = 1;
	frame_reader_init(&c->reader, FRAME_FROM_GUEST);
	frame_reader_init(&c->console_reader, FRAME_FROM_GUEST);
	link_init(&c->link, &(struct link_config){.dir = FRAME_FROM_HOST,
						  .tx = c->tx,
						  .rx = c->rx,
						  .tx_slots = CHAN_TX_SLOTS,
						  .rx_slots = CHAN_RX_SLOTS,
						  .window = CHAN_WINDOW,
						  .ack_delay_us = CHAN_ACK_US,
						  .ack_bytes = CHAN_ACK_BYTES,
						  .msg = c->msg,
						  .msg_max = sizeof(c->msg)});
	*ret_chan = c;
	return 0;
}

static void drop_queue(struct chan *c)
{
	while (c->out) {
		struct chan_out *o = c->out;

		c->out = o->next;
		free(o);
	}
	c->out_tail = &c->out;
}

static void drop_facts(struct chan *c)
{
	while (c->n_facts) {
		c->n_facts--;
		free(c->facts[c->n_facts].key);
		free(c->facts[c->n_facts].value);
	}
}

void chan_free(struct chan *c)
{
	if (!c)
		return;
	loop_timer_stop(&c->timer);
	loop_timer_stop(&c->attaching);
	chan_call_drop_all(c);
	drop_queue(c);
	drop_facts(c);
	free(c->tx);
	free(c->rx);
	free(c);
}

bool chan_is_up(const struct chan *c)
{
	return c->up;
}

uint64_t chan_last_heard(const struct chan *c)
{
	return c->last_heard;
}

const char *chan_fact(const struct chan *c, const char *key)
{
	for (size_t i = 0; i < c->n_facts; i++)
		if (strcmp(c->facts[i].key, key) == 0)
			return c->facts[i].value;
	return NULL;
}

void chan_set_dead(struct chan *c)
{
	if (c->dead)
		return;
	c->dead = true;
	loop_timer_stop(&c->timer);
	loop_timer_stop(&c->attaching);
	c->n.lost += link_lost(&c->link);
	check_troubles(c);
	chan_call_fail_all(c, "the machine is gone");
	drop_queue(c);
}

/* ---- sending ---- */

int chan_send(struct chan *c, const struct msg_writer *w)
{
	struct chan_out *o;

	if (c->dead)
		return -EPIPE;
	if (w->failed)
		return -EINVAL;
	o = xmalloc(sizeof(*o) + w->len);
	o->next = NULL;
	o->len = w->len;
	o->off = 0;
	memcpy(o->data, w->buf, w->len);
	*c->out_tail = o;
	c->out_tail = &o->next;
	return 0;
}

/* Move what is queued into the link's slots, a frame at a time. */
static bool fill_slot(struct chan *c)
{
	struct chan_out *o = c->out;
	size_t part;

	if (!o || !link_room(&c->link))
		return false;
	part = o->len - o->off;
	if (part > FRAME_PAYLOAD_MAX)
		part = FRAME_PAYLOAD_MAX;
	link_put(&c->link, FRAME_DATA, o->off + part < o->len ? FRAME_MORE : 0, o->data + o->off,
		 part);
	o->off += part;
	if (o->off < o->len)
		return true;
	c->out = o->next;
	if (!c->out)
		c->out_tail = &c->out;
	free(o);
	return true;
}

static void on_timer(void *arg)
{
	struct chan *c = arg;

	c->timer_at = LINK_NEVER;
	chan_pump(c);
}

static void set_timer(struct chan *c)
{
	uint64_t at = link_wakeup(&c->link), now;

	/* A timer that fires too early only looks and sets itself anew. */
	if (at >= c->timer_at)
		return;
	now = now_us();
	c->timer_at = at;
	loop_timer_start(c->loop, &c->timer, at > now ? at - now : 0, 0, on_timer, c);
}

/* What an outlet refuses is a lost frame like any other: it is sent again. */
static void write_bytes(struct chan *c, bool console, const char *data, size_t n)
{
	int (*out)(void *, const void *, size_t) =
		console ? c->listener.write_console : c->listener.write;

	if (out && out(c->listener.arg, data, n) == 0)
		c->n.bytes_out += n;
}

static bool send_line(struct chan *c)
{
	char line[FRAME_LINE_MAX];
	size_t n = link_pull(&c->link, line, now_us());

	if (!n)
		return false;
	if (c->listener.on_trace)
		c->listener.on_trace(c->listener.arg, '>', line, n - 1);
	/* A query means that something hangs: on a tty that cannot be set raw, perhaps by a stray
	 * XOFF. */
	if (line[3] == FRAME_QUERY)
		write_bytes(c, c->on_console, "\x11", 1);
	write_bytes(c, c->on_console, line, n);
	return true;
}

void chan_pump(struct chan *c)
{
	if (c->dead || c->pumping || !c->link.session)
		return;
	c->pumping = true;
	do {
		/* Few frames wait, so that a ping is not queued behind a long file. */
		while (link_unsent(&c->link) < 4 && (c->out || chan_call_produce(c)) &&
		       fill_slot(c))
			;
	} while (send_line(c) && !c->dead);
	c->pumping = false;
	if (!c->dead)
		set_timer(c);
}

/* ---- arriving ---- */

static bool is_past(const struct chan *c, uint32_t session)
{
	for (unsigned int i = 0; i < CHAN_PAST; i++)
		if (c->past[i] == session)
			return true;
	return false;
}

static void open_session(struct chan *c, uint32_t session)
{
	uint32_t old = c->link.session;

	if (old) {
		c->past[c->n_past++ % CHAN_PAST] = old;
		c->n.lost += link_lost(&c->link);
	}
	link_open(&c->link, session);
	c->up = false;
	c->on_console = c->from_console;
	c->n.sessions++;
	if (old) {
		drop_queue(c);
		chan_call_fail_all(c, "the agent began anew: the guest has restarted it");
	}
}

static void send_reset(struct chan *c, uint32_t session)
{
	char line[FRAME_LINE_MAX];
	struct frame f = {
		.dir = FRAME_FROM_HOST, .type = FRAME_RESET, .session = session, .payload = ""};
	size_t n = frame_format(&f, line, sizeof(line));

	c->reset_at = now_us() + CHAN_RESET_EVERY;
	if (c->listener.on_trace)
		c->listener.on_trace(c->listener.arg, '>', line, n - 1);
	write_bytes(c, c->from_console, line, n);
}

/* Frames of a session whose hello we never saw: the agent talks to somebody before us. */
static void ask_reset(struct chan *c, uint32_t session)
{
	if (now_us() >= c->reset_at)
		send_reset(c, session);
}

static void on_attach(void *arg)
{
	struct chan *c = arg;

	if (c->link.session)
		loop_timer_stop(&c->attaching);
	else
		send_reset(c, c->attach_to);
}

uint32_t chan_session(const struct chan *c)
{
	return c->link.session;
}

void chan_attach(struct chan *c, uint32_t session)
{
	c->attach_to = session;
	loop_timer_start(c->loop, &c->attaching, 0, CHAN_ATTACH_EVERY, on_attach, c);
}

/* Does the frame belong to the session, or begin another? */
static bool accept_session(struct chan *c, const struct frame *f)
{
	if (f->session && f->session == c->link.session)
		return true;
	if (!f->session || is_past(c, f->session)) {
		c->n.stale++;
		return false;
	}
	if (f->type == FRAME_HELLO && f->seq == 0) {
		open_session(c, f->session);
		return true;
	}
	if (f->type != FRAME_HELLO && !c->up)
		ask_reset(c, f->session);
	c->n.stale++;
	return false;
}

static void take_beat(struct chan *c, const struct frame *f)
{
	uint64_t uptime = 0, mem = 0;
	struct msg m;

	if (!msg_parse(f->payload, f->len, &m)) {
		c->n.bad_messages++;
		return;
	}
	msg_get_u64(&m, "uptime_ms", &uptime);
	msg_get_u64(&m, "mem_free_kib", &mem);
	msg_get_u64(&m, "damaged", &c->n.guest_bad_crc);
	msg_get_u64(&m, "resent", &c->n.guest_resent);
	msg_get_u64(&m, "duplicate", &c->n.guest_duplicate);
	msg_get_u64(&m, "garbage", &c->n.guest_garbage_bytes);
	if (c->listener.on_heartbeat)
		c->listener.on_heartbeat(c->listener.arg, uptime, mem);
}

static void take_hello(struct chan *c, const struct msg *m)
{
	struct msg pair;
	size_t at = 0;

	drop_facts(c);
	while (c->n_facts < CHAN_FACTS_MAX && msg_next(m, &at, &pair)) {
		struct chan_fact *f = &c->facts[c->n_facts++];

		f->key = xstrndup(pair.head, pair.head_len);
		f->value = xstrndup(pair.body, pair.body_len);
	}
	c->up = true;
	if (c->listener.on_hello)
		c->listener.on_hello(c->listener.arg);
}

static void take_note(struct chan *c, const struct msg *m)
{
	const char *text;
	size_t n;

	if (++c->n_notes > CHAN_NOTES_MAX)
		c->dropped_notes++;
	else if (msg_get(m, "text", &text, &n))
		chan_tell(c, "note", "the agent says: %.*s", (int)(n > 400 ? 400 : n), text);
}

static void take_messages(struct chan *c)
{
	const void *data;
	struct msg m;
	size_t n;

	while (!c->dead && link_take(&c->link, &data, &n, now_us())) {
		if (!msg_parse(data, n, &m))
			c->n.bad_messages++;
		else if (!c->up && msg_is(&m, "op", "hello"))
			take_hello(c, &m);
		else if (msg_is(&m, "op", "note"))
			take_note(c, &m);
		else
			chan_call_message(c, &m);
	}
}

static void take_frame(struct chan *c, const struct frame *f, const struct frame_reader *r)
{
	if (c->listener.on_trace)
		c->listener.on_trace(c->listener.arg, '<', r->line, r->line_len);
	c->last_heard = now_us();
	if (!accept_session(c, f))
		return;
	link_input(&c->link, f, c->last_heard);
	if (f->type == FRAME_BEAT)
		take_beat(c, f);
	take_messages(c);
}

static void settle(struct chan *c)
{
	if (c->dead)
		return;
	check_troubles(c);
	chan_pump(c);
}

void chan_feed(struct chan *c, const char *data, size_t n)
{
	struct frame f;

	if (c->dead)
		return;
	c->n.bytes_in += n;
	while (!c->dead && frame_read(&c->reader, &data, &n, &f)) {
		c->from_console = false;
		take_frame(c, &f, &c->reader);
	}
	settle(c);
}

void chan_feed_console(struct chan *c, const char *data, size_t n)
{
	struct frame f;

	if (c->dead || (c->link.session && !c->on_console))
		return;
	while (!c->dead && frame_read(&c->console_reader, &data, &n, &f)) {
		c->from_console = true;
		take_frame(c, &f, &c->console_reader);
	}
	if (c->on_console)
		settle(c);
}
