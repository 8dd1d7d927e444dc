/* SPDX-License-Identifier: MIT */
/* The words that speak on the channel (second UART) like an agent, or almost like one. */
#include <string.h>

#include "fake.h"
#include "wire/frame.h"
#include "wire/msg.h"

#define SESSION 0x0fa4e001u

#define BEAT_MS 500

static char line[FRAME_LINE_MAX];
static size_t line_len;
static uint32_t sent, expected; /* numbers of the link: ours, the host's next one */
static uint32_t uptime_ms = 1;

static void send(char type, uint32_t seq, const struct msg_writer *w)
{
	struct frame f = {.dir = FRAME_FROM_GUEST,
			  .type = type,
			  .session = SESSION,
			  .seq = seq,
			  .ack = expected,
			  .len = (uint16_t)w->len,
			  .payload = w->buf};

	line_len = frame_format(&f, line, sizeof(line));
	fake_put(FAKE_COM2, line, line_len);
}

void fake_hello(void)
{
	static char buf[FRAME_PAYLOAD_MAX];
	struct msg_writer w;

	msg_begin(&w, buf, sizeof(buf), "hello");
	msg_str(&w, "agent", "fake");
	msg_str(&w, "channel", "/dev/ttyS1");
	msg_str(&w, "sysname", "Fake");
	msg_str(&w, "release", "0.0-fake");
	msg_str(&w, "version", "#1");
	msg_str(&w, "machine", "x86_64");
	msg_str(&w, "cmdline", "");
	msg_u64(&w, "cpus", 1);
	msg_u64(&w, "mem_kib", 65536);
	msg_u64(&w, "uptime_ms", uptime_ms);
	msg_u64(&w, "speed_us", 10000);
	/* Its log has the time of its other clock. */
	msg_u64(&w, "log_us", 1000);
	msg_u64(&w, "log_at_us", 1000);
	msg_end_head(&w);
	send(FRAME_HELLO, 0, &w);
	sent = 1;
}

void fake_beat(void)
{
	static char buf[FRAME_PAYLOAD_MAX];
	struct msg_writer w;

	msg_begin(&w, buf, sizeof(buf), "beat");
	msg_u64(&w, "uptime_ms", uptime_ms);
	msg_u64(&w, "mem_free_kib", 1024);
	msg_end_head(&w);
	send(FRAME_BEAT, sent, &w);
}

/* The last line again, as a replayed one. */
void fake_replay(void)
{
	fake_put(FAKE_COM2, line, line_len);
}

/* Bytes that are no frame, a frame that claims more than any has, half a frame, a wrong CRC, the
 * host's own direction: none of it may hurt the reader. */
void fake_garbage(void)
{
	static const char noise[] = "\x00\xff\x1b[2J~~~~G1\n\r~G1D0";
	static const char huge[] = "~G1D00fa4e0010000000000000000ffff00000000AAAAAAAA\n";
	char keep;

	fake_put(FAKE_COM2, noise, sizeof(noise) - 1);
	fake_put(FAKE_COM2, huge, sizeof(huge) - 1);
	fake_hello();
	fake_put(FAKE_COM2, line, line_len / 2);
	fake_put(FAKE_COM2, "\n", 1);
	keep = line[line_len - 3];
	line[line_len - 3] = keep == 'A' ? 'B' : 'A';
	fake_replay();
	line[line_len - 3] = keep;
	keep = line[1];
	line[1] = FRAME_FROM_HOST;
	fake_replay();
	line[1] = keep;
}

static const struct fake_agent *agent;

static void reply(struct msg_writer *w)
{
	send(FRAME_DATA, sent++, w);
}

static void begin_reply(struct msg_writer *w, const char *op, uint64_t id)
{
	static char buf[FRAME_PAYLOAD_MAX];

	msg_begin(w, buf, sizeof(buf), op);
	msg_u64(w, "id", id);
}

static void add(struct msg_writer *w, const char *s)
{
	msg_add(w, s, strlen(s));
}

static void add_number(struct msg_writer *w, unsigned int v)
{
	char digits[2] = {(char)('0' + v / 10), (char)('0' + v % 10)};

	msg_add(w, v < 10 ? digits + 1 : digits, v < 10 ? 1 : 2);
}

/* The n-th string of a request's arguments, each ended by NUL. */
static const char *arg_at(const struct msg *m, unsigned int n)
{
	const char *p = m->body, *end = m->body + m->body_len, *nul;

	while (p < end && (nul = memchr(p, 0, (size_t)(end - p)))) {
		if (!n--)
			return p;
		p = nul + 1;
	}
	return NULL;
}

/* probes --run --scale FACTOR NAME…: what the real one prints. */
#define FIRST_NAME 4

static void begin_output(struct msg_writer *w, uint64_t id)
{
	begin_reply(w, "out", id);
	msg_u64(w, "s", 1);
	msg_end_head(w);
}

/* The i-th case begins at second 1 + 2i of the guest's clock. */
static void tell_begin(const struct msg *m, uint64_t id, unsigned int i)
{
	struct msg_writer w;
	unsigned int n = 0;

	begin_output(&w, id);
	if (!i) {
		while (arg_at(m, FIRST_NAME + n))
			n++;
		add(&w, "KTAP version 1\n1..");
		add_number(&w, n);
		add(&w, "\n");
	}
	add(&w, "# begin ");
	add(&w, arg_at(m, FIRST_NAME + i));
	add(&w, agent->run == FAKE_RUN_LATE ? " limit=60000 at=" : " limit=1000 at=");
	add_number(&w, 1 + 2 * i);
	add(&w, "000000\n");
	reply(&w);
}

static void tell_end(const struct msg *m, uint64_t id, unsigned int i)
{
	struct msg_writer w;

	begin_output(&w, id);
	add(&w, "ok ");
	add_number(&w, i + 1);
	add(&w, " ");
	add(&w, arg_at(m, FIRST_NAME + i));
	add(&w, " # time=1\n");
	reply(&w);
}

static void tell_exit(uint64_t id)
{
	struct msg_writer w;

	begin_reply(&w, "exit", id);
	msg_u64(&w, "pid", 7);
	msg_u64(&w, "status", 0);
	msg_end_head(&w);
	reply(&w);
}

/* Longer than a text may be late. */
#define FORGOTTEN_MS 2600

static void run_late(const struct msg *m, uint64_t id)
{
	for (unsigned int i = 0; arg_at(m, FIRST_NAME + i); i++) {
		tell_begin(m, id, i);
		if (i == 1) {
			for (uint32_t ms = 0; ms < FORGOTTEN_MS;)
				ms += fake_passed_ms();
			fake_say(agent->text);
		}
		tell_end(m, id, i);
	}
	tell_exit(id);
}

static void run_cases(const struct msg *m, uint64_t id)
{
	struct msg_writer w;

	begin_reply(&w, "started", id);
	msg_u64(&w, "pid", 7);
	msg_end_head(&w);
	reply(&w);
	if (agent->run == FAKE_RUN_LATE) {
		run_late(m, id);
		return;
	}
	for (unsigned int i = 0; arg_at(m, FIRST_NAME + i); i++) {
		tell_begin(m, id, i);
		if (agent->run != FAKE_RUN_PASS)
			break;
		tell_end(m, id, i);
	}
	if (agent->text)
		fake_say(agent->text);
	if (agent->run == FAKE_RUN_SPIN)
		fake_spin();
	if (agent->run == FAKE_RUN_PASS)
		tell_exit(id);
}

static void answer(const struct frame *f)
{
	struct msg_writer w;
	struct msg m;
	uint64_t id;

	if (!msg_parse(f->payload, f->len, &m) || !msg_get_u64(&m, "id", &id))
		return;
	if (msg_is(&m, "op", "poweroff"))
		fake_poweroff();
	if (msg_is(&m, "op", "ping")) {
		begin_reply(&w, "ok", id);
		msg_end_head(&w);
		reply(&w);
	} else if (msg_is(&m, "op", "exec") && agent->run != FAKE_RUN_NOTHING) {
		run_cases(&m, id);
	}
}

static void take(const struct frame *f)
{
	const struct msg_writer nothing = {0};

	if (frame_is_sequenced(f->type) && f->seq == expected) {
		expected++;
		answer(f);
	}
	if (frame_is_sequenced(f->type) || f->type == FRAME_QUERY)
		send(FRAME_ACK, sent, &nothing);
}

static void take_bytes(struct frame_reader *reader)
{
	int byte = fake_get(FAKE_COM2);
	const char c = (char)byte, *at = &c;
	size_t n = byte >= 0;
	struct frame f;

	while (n && frame_read(reader, &at, &n, &f))
		take(&f);
}

void fake_serve(const struct fake_agent *how)
{
	static struct frame_reader reader;
	uint32_t since = 0;

	agent = how;
	frame_reader_init(&reader, FRAME_FROM_HOST);
	fake_passed_ms();
	for (;;) {
		take_bytes(&reader);
		since += fake_passed_ms();
		if (since >= BEAT_MS) {
			uptime_ms += since * how->clock_per_mille / 1000;
			since = 0;
			fake_beat();
		}
	}
}
