/* SPDX-License-Identifier: MIT */
/*
 * wire_torturer: a serial line that does everything a bad one does, between descriptor 0 (a socket:
 * the host) and descriptor 3 (a pty master: the guest).
 *
 *   wire_torturer SEED [KEY=N …]
 *
 * Rates are events per million bytes, unless said otherwise:
 *   drop     1 to 40 bytes vanish          flip    one bit of a byte turns
 *   cut      a line end vanishes           twice   a whole line comes again (per 1000 lines)
 *   swap     a line changes places with the next (per 1000 lines)
 *   storm    text like a kernel's comes in the middle of anything, towards the host
 *   split=1  bytes leave in pieces of 1 to 64
 *   delay    up to so many µs before a piece leaves
 *   quit     end after so many bytes towards the host
 * The same seed and the same traffic give the same damage.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LINE_MAX_ 1200
#define QUEUE_MAX (256u << 10)

static struct {
	unsigned long drop, flip, cut, twice, swap, storm, split, delay, quit;
} rate;

static const struct {
	const char *key;
	unsigned long *value;
} keys[] = {
	{"drop", &rate.drop},	{"flip", &rate.flip},	{"cut", &rate.cut},
	{"twice", &rate.twice}, {"swap", &rate.swap},	{"storm", &rate.storm},
	{"split", &rate.split}, {"delay", &rate.delay}, {"quit", &rate.quit},
};

struct pipe_end {
	int from, to;
	bool to_host;
	uint64_t random;
	unsigned long skip; /* bytes still to be dropped */
	char line[LINE_MAX_], kept[LINE_MAX_];
	size_t line_len, kept_len;
	char queue[QUEUE_MAX];
	size_t head, len;
	uint64_t not_before, passed;
};

static uint64_t now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

static uint64_t draw(struct pipe_end *e)
{
	e->random ^= e->random << 13;
	e->random ^= e->random >> 7;
	e->random ^= e->random << 17;
	return e->random;
}

static bool chance(struct pipe_end *e, unsigned long events, unsigned long of)
{
	return events && draw(e) % of < events;
}

static void put(struct pipe_end *e, const char *data, size_t n)
{
	if (e->head && (e->head == e->len || e->len + n > QUEUE_MAX)) {
		memmove(e->queue, e->queue + e->head, e->len - e->head);
		e->len -= e->head;
		e->head = 0;
	}
	if (n > QUEUE_MAX - e->len)
		exit(3);
	memcpy(e->queue + e->len, data, n);
	e->len += n;
}

static void storm(struct pipe_end *e)
{
	char text[160];
	int n = snprintf(text, sizeof(text), "[%5lu.%06lu] net eth0: ~ a line of the kernel ~G1D%s",
			 (unsigned long)(draw(e) % 100000), (unsigned long)(draw(e) % 1000000),
			 draw(e) % 2 ? "0deadbeef\r\n" : "\n");

	put(e, text, (size_t)n);
}

/* One byte on its way, perhaps damaged. */
static void pass_byte(struct pipe_end *e, char c)
{
	if (!e->skip && chance(e, rate.drop, 1000000))
		e->skip = 1 + draw(e) % 40;
	if (e->skip) {
		e->skip--;
		return;
	}
	if (e->to_host && chance(e, rate.storm, 1000000))
		storm(e);
	if (c == '\n' && chance(e, rate.cut, 1000))
		return;
	if (chance(e, rate.flip, 1000000))
		c ^= (char)(1 << draw(e) % 7);
	put(e, &c, 1);
}

static void pass_line(struct pipe_end *e, const char *line, size_t n)
{
	for (size_t i = 0; i < n; i++)
		pass_byte(e, line[i]);
}

static void end_line(struct pipe_end *e)
{
	if (!e->kept_len && chance(e, rate.swap, 1000)) {
		memcpy(e->kept, e->line, e->line_len);
		e->kept_len = e->line_len;
		e->line_len = 0;
		return;
	}
	pass_line(e, e->line, e->line_len);
	if (chance(e, rate.twice, 1000))
		pass_line(e, e->line, e->line_len);
	pass_line(e, e->kept, e->kept_len);
	e->kept_len = e->line_len = 0;
}

static void take(struct pipe_end *e, const char *data, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		e->line[e->line_len++] = data[i];
		if (data[i] == '\n' || e->line_len == LINE_MAX_)
			end_line(e);
	}
}

static size_t room(const struct pipe_end *e)
{
	size_t waiting = e->len - e->head;

	return waiting < QUEUE_MAX / 4;
}

static void receive(struct pipe_end *e)
{
	char buf[4096];
	ssize_t n = read(e->from, buf, sizeof(buf));

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0)
		exit(0);
	take(e, buf, (size_t)n);
}

static void send_piece(struct pipe_end *e)
{
	size_t piece = e->len - e->head;
	ssize_t n;

	if (rate.split && piece > 64)
		piece = 1 + draw(e) % 64;
	if (rate.quit && e->to_host && e->passed + piece > rate.quit)
		piece = rate.quit > e->passed ? rate.quit - e->passed : 0;
	if (!piece && e->len > e->head)
		exit(0);
	n = write(e->to, e->queue + e->head, piece);
	if (n < 0 && errno != EAGAIN && errno != EINTR)
		exit(0);
	if (n <= 0)
		return;
	e->head += (size_t)n;
	e->passed += (uint64_t)n;
	if (rate.delay)
		e->not_before = now_us() + draw(e) % rate.delay;
}

/* What waits for a line end that never comes leaves after a while. */
static void flush_rest(struct pipe_end *e)
{
	pass_line(e, e->kept, e->kept_len);
	pass_line(e, e->line, e->line_len);
	e->kept_len = e->line_len = 0;
}

static void run(struct pipe_end ends[2])
{
	for (;;) {
		struct pollfd fds[4];
		int wait = 100, r;
		uint64_t now = now_us();

		for (int i = 0; i < 2; i++) {
			struct pipe_end *e = &ends[i];
			bool out = e->len > e->head;

			if (out && now < e->not_before) {
				int ms = (int)((e->not_before - now) / 1000) + 1;

				wait = ms < wait ? ms : wait;
				out = false;
			}
			fds[2 * i] = (struct pollfd){e->from, room(e) ? POLLIN : 0, 0};
			fds[2 * i + 1] = (struct pollfd){out ? e->to : -1, POLLOUT, 0};
		}
		r = poll(fds, 4, wait);
		for (int i = 0; i < 2; i++) {
			if (r == 0)
				flush_rest(&ends[i]);
			if (r > 0 && fds[2 * i].revents)
				receive(&ends[i]);
			if (r > 0 && fds[2 * i + 1].revents)
				send_piece(&ends[i]);
		}
	}
}

static void parse(const char *arg)
{
	size_t n = strcspn(arg, "=");

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (strlen(keys[i].key) == n && strncmp(keys[i].key, arg, n) == 0 &&
		    arg[n] == '=') {
			*keys[i].value = strtoul(arg + n + 1, NULL, 10);
			return;
		}
	fprintf(stderr, "wire_torturer: unknown word %s\n", arg);
	exit(2);
}

int main(int argc, char **argv)
{
	static struct pipe_end ends[2] = {{.from = 0, .to = 3}, {.from = 3, .to = 0, .to_host = 1}};
	unsigned long seed = argc > 1 ? strtoul(argv[1], NULL, 10) : 1;

	for (int i = 2; i < argc; i++)
		parse(argv[i]);
	for (int i = 0; i < 2; i++) {
		ends[i].random = (seed + 1) * 0x9e3779b97f4a7c15u + (uint64_t)i * 77;
		fcntl(ends[i].from, F_SETFL, fcntl(ends[i].from, F_GETFL) | O_NONBLOCK);
	}
	run(ends);
}
