/* SPDX-License-Identifier: MIT */
#include "wire/frame.h"

#include <string.h>

/* Offsets in the line. */
enum {
	AT_DIR = 1,
	AT_VERSION = 2,
	AT_TYPE = 3,
	AT_FLAGS = 4,
	AT_SESSION = 5,
	AT_SEQ = 13,
	AT_ACK = 21,
	AT_LEN = 29,
	AT_CRC = 33
};

static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

uint32_t frame_crc(uint32_t crc, const void *data, size_t n)
{
	static uint32_t table[256];
	const uint8_t *p = data;

	if (!table[1])
		for (uint32_t i = 0; i < 256; i++) {
			uint32_t c = i;

			for (int k = 0; k < 8; k++)
				c = c & 1 ? 0xedb88320u ^ (c >> 1) : c >> 1;
			table[i] = c;
		}
	crc = ~crc;
	while (n--)
		crc = table[(crc ^ *p++) & 0xff] ^ (crc >> 8);
	return ~crc;
}

void frame_put_hex(char *s, uint32_t v, unsigned int digits)
{
	while (digits--) {
		s[digits] = "0123456789abcdef"[v & 15];
		v >>= 4;
	}
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

bool frame_get_hex(const char *s, unsigned int digits, uint32_t *ret)
{
	uint32_t v = 0;

	for (unsigned int i = 0; i < digits; i++) {
		int d = hex_value(s[i]);

		if (d < 0)
			return false;
		v = v << 4 | (uint32_t)d;
	}
	*ret = v;
	return true;
}

static int base64_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+')
		return 62;
	return c == '/' ? 63 : -1;
}

static size_t base64_len(size_t n)
{
	return n / 3 * 4 + (n % 3 ? n % 3 + 1 : 0);
}

void frame_base64_encode(char *to, const uint8_t *p, size_t n)
{
	for (; n >= 3; n -= 3, p += 3) {
		uint32_t v = (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];

		*to++ = base64[v >> 18];
		*to++ = base64[v >> 12 & 63];
		*to++ = base64[v >> 6 & 63];
		*to++ = base64[v & 63];
	}
	if (n) {
		uint32_t v = (uint32_t)p[0] << 16 | (n > 1 ? (uint32_t)p[1] << 8 : 0);

		*to++ = base64[v >> 18];
		*to++ = base64[v >> 12 & 63];
		if (n > 1)
			*to++ = base64[v >> 6 & 63];
	}
}

/* The characters were checked. Writes up to 2 bytes more than the payload has. */
static void base64_decode(uint8_t *to, const char *s, size_t chars)
{
	for (size_t i = 0; i < chars; i += 4) {
		uint32_t v = 0;

		for (size_t k = i; k < i + 4; k++)
			v = v << 6 | (k < chars ? (uint32_t)base64_value(s[k]) : 0);
		*to++ = (uint8_t)(v >> 16);
		*to++ = (uint8_t)(v >> 8);
		*to++ = (uint8_t)v;
	}
}

size_t frame_line_len(size_t len)
{
	return FRAME_HEAD + base64_len(len) + 1;
}

size_t frame_format(const struct frame *f, char *line, size_t room)
{
	size_t n = frame_line_len(f->len);

	if (f->len > FRAME_PAYLOAD_MAX || n > room)
		return 0;
	line[0] = '~';
	line[AT_DIR] = f->dir;
	line[AT_VERSION] = '1';
	line[AT_TYPE] = f->type;
	frame_put_hex(line + AT_FLAGS, f->flags, 1);
	frame_put_hex(line + AT_SESSION, f->session, 8);
	frame_put_hex(line + AT_SEQ, f->seq, 8);
	frame_put_hex(line + AT_ACK, f->ack, 8);
	frame_put_hex(line + AT_LEN, f->len, 4);
	frame_put_hex(line + AT_CRC,
		      frame_crc(frame_crc(0, line + AT_DIR, AT_CRC - AT_DIR), f->payload, f->len),
		      8);
	frame_base64_encode(line + FRAME_HEAD, f->payload, f->len);
	line[n - 1] = '\n';
	return n;
}

void frame_reader_init(struct frame_reader *r, char expect)
{
	memset(r, 0, sizeof(*r));
	r->expect = expect;
}

/* Can c stand at offset i of a frame? Beyond the head that depends on the length only. */
static bool fits(size_t i, char c)
{
	switch (i) {
	case 0:
		return c == '~';
	case AT_DIR:
		return c == FRAME_FROM_GUEST || c == FRAME_FROM_HOST;
	case AT_VERSION:
		return c == '1';
	case AT_TYPE:
		return c >= 'A' && c <= 'Z';
	default:
		return i < FRAME_HEAD ? hex_value(c) >= 0 : base64_value(c) >= 0;
	}
}

static void drop(struct frame_reader *r, size_t n)
{
	r->start += n;
	r->len -= n;
	r->checked = 0;
	r->whole = 0;
}

/* What begins at start is no frame: give up its first byte and look for the next beginning. */
static void give_up(struct frame_reader *r)
{
	const char *p, *from = r->buf + r->start;
	size_t skip;

	p = r->len > 1 ? memchr(from + 1, '~', r->len - 1) : NULL;
	skip = p ? (size_t)(p - from) : r->len;
	for (size_t i = 0; i < skip; i++)
		r->garbage_bytes += from[i] != '\n' && from[i] != '\r';
	drop(r, skip);
}

static void count_cut(struct frame_reader *r)
{
	/* Three characters may be chance; a type and a digit after them are a frame cut short. */
	if (r->checked > AT_FLAGS)
		r->damaged++;
}

/* Check what has arrived of the frame at start. 1: complete, 0: more is needed, -1: no frame. */
static int check(struct frame_reader *r)
{
	const char *p = r->buf + r->start;
	uint32_t len = 0;

	for (; r->checked < r->len; r->checked++) {
		if (r->whole && r->checked == r->whole)
			return 1;
		if (!fits(r->checked, p[r->checked])) {
			count_cut(r);
			return -1;
		}
		if (r->checked != AT_CRC - 1)
			continue;
		(void)frame_get_hex(p + AT_LEN, 4, &len);
		if (len > FRAME_PAYLOAD_MAX) {
			r->oversize++;
			return -1;
		}
		r->whole = frame_line_len(len) - 1;
	}
	return r->whole && r->checked == r->whole;
}

static bool decode(struct frame_reader *r, struct frame *f)
{
	const char *p = r->buf + r->start;
	uint32_t flags, len, crc;

	if (!frame_get_hex(p + AT_FLAGS, 1, &flags) || !frame_get_hex(p + AT_LEN, 4, &len) ||
	    !frame_get_hex(p + AT_CRC, 8, &crc) || !frame_get_hex(p + AT_SESSION, 8, &f->session) ||
	    !frame_get_hex(p + AT_SEQ, 8, &f->seq) || !frame_get_hex(p + AT_ACK, 8, &f->ack))
		return false;
	base64_decode(r->payload, p + FRAME_HEAD, r->whole - FRAME_HEAD);
	f->dir = p[AT_DIR];
	f->type = p[AT_TYPE];
	f->flags = (uint8_t)flags;
	f->len = (uint16_t)len;
	f->payload = r->payload;
	return frame_crc(frame_crc(0, p + AT_DIR, AT_CRC - AT_DIR), r->payload, len) == crc;
}

/* Look at what is kept. True: *ret is a frame for us. */
static bool scan(struct frame_reader *r, struct frame *ret)
{
	while (r->len) {
		int c = check(r);

		if (c == 0)
			return false;
		if (c < 0) {
			give_up(r);
			continue;
		}
		if (!decode(r, ret)) {
			r->damaged++;
			give_up(r);
			continue;
		}
		r->line = r->buf + r->start;
		r->line_len = r->whole;
		drop(r, r->whole);
		if (ret->dir == r->expect)
			return true;
		r->echoes++;
	}
	return false;
}

/* Bytes before the first '~' never enter the buffer: a flood of text costs one pass. */
static void skip_text(struct frame_reader *r, const char **data, size_t *n)
{
	const char *p = memchr(*data, '~', *n);
	size_t skip = p ? (size_t)(p - *data) : *n;

	for (size_t i = 0; i < skip; i++)
		r->garbage_bytes += (*data)[i] != '\n' && (*data)[i] != '\r';
	*data += skip;
	*n -= skip;
}

bool frame_read(struct frame_reader *r, const char **data, size_t *n, struct frame *ret)
{
	while (!scan(r, ret)) {
		size_t room;

		if (!*n)
			return false;
		if (!r->len)
			skip_text(r, data, n);
		if (r->start) {
			memmove(r->buf, r->buf + r->start, r->len);
			r->start = 0;
		}
		room = sizeof(r->buf) - r->len;
		if (room > *n)
			room = *n;
		memcpy(r->buf + r->len, *data, room);
		r->len += room;
		*data += room;
		*n -= room;
	}
	return true;
}
