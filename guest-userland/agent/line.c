/* SPDX-License-Identifier: MIT */
#include "agent.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

/* 64 KiB of output on its way; small ones fill slots before the window. */
#define TX_SLOTS 160
#define RX_SLOTS 16
#define WINDOW	 (64u << 10)

static struct link_slot tx[TX_SLOTS], rx[RX_SLOTS];
static char message[MSG_TO_GUEST_MAX];
static struct link wire;
static struct frame_reader reader;
static int tty = -1;
static const char *device = "";
static char out[4 * FRAME_LINE_MAX];
static size_t out_len;
static bool lost, cooked;
static unsigned int empty_reads;
static uint64_t stale;

void line_leave_cooked(void)
{
	cooked = true;
}

static void make_raw(int fd)
{
	struct termios t;

	if (cooked)
		return;
	if (tcgetattr(fd, &t) < 0) {
		hello_trouble("tcgetattr of the channel", errno);
		return;
	}
	cfmakeraw(&t);
	t.c_cflag |= CLOCAL | CREAD;
	/* Emulated UARTs pace their receive time-out by the baud rate. */
	cfsetispeed(&t, B115200);
	cfsetospeed(&t, B115200);
	if (tcsetattr(fd, TCSANOW, &t) < 0)
		hello_trouble("tcsetattr of the channel", errno);
}

/* A node may be there without its hardware: such a UART answers EIO. */
static int try_open(const char *path)
{
	struct termios t;
	int fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	if (tcgetattr(fd, &t) < 0 && errno == EIO) {
		close(fd);
		return -EIO;
	}
	return fd;
}

int line_open(const char *const *candidates)
{
	int fd = -ENOENT;

	for (; *candidates; candidates++) {
		fd = try_open(*candidates);
		if (fd >= 0)
			break;
	}
	if (fd < 0)
		return fd;
	tty = fd;
	device = *candidates;
	lost = false;
	out_len = 0;
	make_raw(fd);
	frame_reader_init(&reader, FRAME_FROM_HOST);
	return 0;
}

const char *line_device(void)
{
	return device;
}

int line_fd(void)
{
	return tty;
}

bool line_wants_write(void)
{
	return out_len > 0;
}

bool line_is_lost(void)
{
	return lost;
}

static void lose(void)
{
	if (tty >= 0)
		close(tty);
	tty = -1;
	lost = true;
}

void line_new_session(void)
{
	static char buf[6144];
	struct msg_writer w;
	uint32_t session = random_number();

	if (!wire.c.dir) {
		link_init(&wire, &(struct link_config){.dir = FRAME_FROM_GUEST,
						       .tx = tx,
						       .rx = rx,
						       .tx_slots = TX_SLOTS,
						       .rx_slots = RX_SLOTS,
						       .window = WINDOW,
						       .ack_delay_us = 0,
						       .ack_bytes = 1,
						       .msg = message,
						       .msg_max = sizeof(message)});
	}
	if (session == wire.session)
		session++;
	link_open(&wire, session);
	msg_begin(&w, buf, sizeof(buf), "hello");
	hello_write(&w);
	link_put_msg(&wire, FRAME_HELLO, w.buf, w.len);
}

static void handle(const struct frame *f, uint64_t now)
{
	if (f->session != wire.session) {
		stale++;
		return;
	}
	if (f->type == FRAME_RESET) {
		job_cancel_all();
		file_cancel_all();
		hello_measure(true);
		line_new_session();
		return;
	}
	link_input(&wire, f, now);
}

void line_receive(uint64_t now)
{
	char buf[2048];
	const char *p = buf;
	ssize_t r = read(tty, buf, sizeof(buf));
	struct frame f;
	size_t n;

	if (r < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	/* Some kernels answer 0 where EAGAIN is meant: the end only if it goes on. */
	empty_reads = r == 0 ? empty_reads + 1 : 0;
	if (r < 0 || empty_reads > 100) {
		lose();
		return;
	}
	for (n = (size_t)r; frame_read(&reader, &p, &n, &f);)
		handle(&f, now);
}

static bool write_out(void)
{
	while (out_len) {
		ssize_t n = write(tty, out, out_len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno != EAGAIN)
			lose();
		if (n <= 0)
			return false;
		out_len -= (size_t)n;
		memmove(out, out + n, out_len);
	}
	return true;
}

void line_flush(uint64_t now)
{
	while (tty >= 0 && write_out()) {
		while (out_len + FRAME_LINE_MAX <= sizeof(out)) {
			size_t n = link_pull(&wire, out + out_len, now);

			if (!n)
				break;
			out_len += n;
		}
		if (!out_len)
			return;
	}
}

void line_drain(int ms)
{
	uint64_t end = clock_now() + (uint64_t)ms * 1000, now;

	while ((now = clock_now()) < end) {
		struct pollfd p = {.fd = tty, .events = POLLIN};

		line_flush(now);
		if (tty < 0 || (link_idle(&wire) && !out_len))
			return;
		if (out_len)
			p.events |= POLLOUT;
		if (poll(&p, 1, 20) > 0 && (p.revents & POLLIN))
			line_receive(now);
	}
}

uint64_t line_wakeup(void)
{
	return link_wakeup(&wire);
}

bool line_take(struct msg *ret, uint64_t now)
{
	const void *data;
	size_t n;

	while (link_room(&wire) >= RESERVE_SLOTS / 2 && link_take(&wire, &data, &n, now)) {
		if (msg_parse(data, n, ret))
			return true;
		line_note("a message without a head was dropped");
	}
	return false;
}

void line_beat(uint64_t now)
{
	char buf[LINK_BEAT_MAX];
	struct msg_writer w;

	if (!wire.established)
		return;
	msg_begin(&w, buf, sizeof(buf), "beat");
	msg_u64(&w, "uptime_ms", now / 1000);
	msg_u64(&w, "mem_free_kib", mem_free_kib());
	msg_u64(&w, "damaged", reader.damaged + reader.oversize);
	msg_u64(&w, "garbage", reader.garbage_bytes);
	msg_u64(&w, "echoes", reader.echoes);
	msg_u64(&w, "duplicate", wire.n.duplicate);
	msg_u64(&w, "resent", wire.n.resent);
	msg_u64(&w, "stale", stale);
	msg_end_head(&w);
	if (!w.failed)
		link_put_beat(&wire, w.buf, w.len);
}

bool line_has_room(void)
{
	return link_room(&wire) > RESERVE_SLOTS && link_unsent(&wire) < UNSENT_MAX;
}

bool line_say(const struct msg_writer *w)
{
	return !w->failed && link_put_msg(&wire, FRAME_DATA, w->buf, w->len);
}

void line_ok(uint64_t id)
{
	char buf[64];
	struct msg_writer w;

	msg_begin(&w, buf, sizeof(buf), "ok");
	msg_u64(&w, "id", id);
	msg_end_head(&w);
	line_say(&w);
}

void line_error(uint64_t id, int error, const char *what)
{
	char buf[FRAME_PAYLOAD_MAX], text[512];
	struct msg_writer w;

	glue(text, sizeof(text), what, error ? ": " : "", error ? strerror(error) : "", NULL);
	for (char *p = text; *p; p++)
		if (*p == '\n')
			*p = ' ';
	msg_begin(&w, buf, sizeof(buf), "error");
	msg_u64(&w, "id", id);
	msg_u64(&w, "errno", (uint64_t)error);
	msg_str(&w, "text", text);
	msg_end_head(&w);
	line_say(&w);
}

void line_note(const char *text)
{
	char buf[FRAME_PAYLOAD_MAX];
	struct msg_writer w;

	if (!line_has_room())
		return;
	msg_begin(&w, buf, sizeof(buf), "note");
	msg_str(&w, "text", text);
	msg_end_head(&w);
	line_say(&w);
}
