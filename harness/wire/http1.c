/* SPDX-License-Identifier: MIT */
#include "wire/http1.h"

#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#define HEAD_MAX   (64u << 10)
#define LINES_MAX  200
#define LENGTH_MAX ((size_t)1 << 40)
/* Of one chunk's own words, and of the lines behind the last chunk. */
#define NOISE_MAX 8192

/* What a head says of its body's length. */
struct lengths {
	bool has_length, has_encoding, differ;
	size_t length;
};

/* The end of the line that begins at p: its LF, or NULL. */
static const char *line_end(const char *p, const char *end)
{
	return memchr(p, '\n', (size_t)(end - p));
}

static int parse_status(const char *p, const char *eol, int *ret)
{
	if (eol - p < 12 || strncmp(p, "HTTP/1.", 7) || !isdigit((unsigned char)p[7]) ||
	    p[8] != ' ')
		return -EBADMSG;
	*ret = 0;
	for (int i = 9; i < 12; i++) {
		if (!isdigit((unsigned char)p[i]))
			return -EBADMSG;
		*ret = *ret * 10 + (p[i] - '0');
	}
	return 0;
}

static bool is_header(const char *p, const char *eol, const char *name, const char **ret_value,
		      size_t *ret_len)
{
	size_t n = strlen(name);

	if ((size_t)(eol - p) <= n || p[n] != ':' || strncasecmp(p, name, n))
		return false;
	p += n + 1;
	while (p < eol && (*p == ' ' || *p == '\t'))
		p++;
	while (eol > p && (eol[-1] == ' ' || eol[-1] == '\t' || eol[-1] == '\r'))
		eol--;
	*ret_value = p;
	*ret_len = (size_t)(eol - p);
	return true;
}

static int parse_length(const char *p, size_t len, struct lengths *l)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		if (!isdigit((unsigned char)p[i]))
			return -EBADMSG;
		n = n * 10 + (size_t)(p[i] - '0');
		if (n > LENGTH_MAX)
			return -EBADMSG;
	}
	if (!len)
		return -EBADMSG;
	l->differ |= l->has_length && l->length != n;
	l->has_length = true;
	l->length = n;
	return 0;
}

static int parse_field(const char *p, const char *eol, struct lengths *l, struct http1_head *out)
{
	const char *value;
	size_t n;

	if (is_header(p, eol, "Transfer-Encoding", &value, &n)) {
		l->has_encoding = true;
		return n == 7 && !strncasecmp(value, "chunked", n) ? 0 : -EBADMSG;
	}
	if (is_header(p, eol, "Connection", &value, &n))
		out->close = n >= 5 && !strncasecmp(value, "close", 5);
	if (is_header(p, eol, "Location", &value, &n)) {
		out->location = value;
		out->location_len = n;
	}
	return is_header(p, eol, "Content-Length", &value, &n) ? parse_length(value, n, l) : 0;
}

/* Lines until the empty one. */
static int parse_lines(const char *data, const char *end, struct lengths *l, struct http1_head *out)
{
	const char *p = data, *eol = line_end(p, end);
	int r, lines = 0;

	if (!eol)
		return end - data > (ptrdiff_t)HEAD_MAX ? -EBADMSG : -EAGAIN;
	r = parse_status(p, eol, &out->status);
	for (p = eol + 1; r == 0; p = eol + 1) {
		if (p - data > (ptrdiff_t)HEAD_MAX || lines++ > LINES_MAX)
			return -EBADMSG;
		eol = p < end ? line_end(p, end) : NULL;
		if (!eol)
			return end - data > (ptrdiff_t)HEAD_MAX ? -EBADMSG : -EAGAIN;
		if (eol == p || (eol == p + 1 && *p == '\r')) {
			out->size = (size_t)(eol + 1 - data);
			return 0;
		}
		r = parse_field(p, eol, l, out);
	}
	return r;
}

int http1_parse_head(const char *data, size_t n, bool head, struct http1_head *ret)
{
	struct http1_head out = {0};
	struct lengths l = {0};
	int r = parse_lines(data, data + n, &l, &out);

	if (r < 0)
		return r;
	if (l.differ || (l.has_encoding && l.has_length))
		return -EBADMSG;
	if (head || out.status == 304 || out.status == 204 || out.status / 100 == 1)
		out.framing = HTTP1_NO_BODY;
	else if (l.has_encoding)
		out.framing = HTTP1_CHUNKED;
	else
		out.framing = l.has_length ? HTTP1_LENGTH : HTTP1_UNTIL_CLOSE;
	out.length = out.framing == HTTP1_LENGTH ? l.length : 0;
	*ret = out;
	return 0;
}

enum { CHUNK_SIZE, CHUNK_WORDS, CHUNK_DATA, CHUNK_CR, CHUNK_LF, TRAILER, TRAILER_LINE, ENDED };

void http1_body_init(struct http1_body *b, const struct http1_head *h)
{
	*b = (struct http1_body){.framing = h->framing, .left = h->length};
}

static int hex_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static int end_of_size(struct http1_body *b)
{
	if (!b->digits)
		return -EBADMSG;
	b->digits = b->noise = 0;
	b->state = b->left ? CHUNK_DATA : TRAILER;
	return 0;
}

static int take_size(struct http1_body *b, char c)
{
	int hex = hex_of(c);

	if (c == '\n')
		return end_of_size(b);
	if (hex < 0) {
		b->state = CHUNK_WORDS;
		return b->digits && strchr("; \t\r", c) && c ? 0 : -EBADMSG;
	}
	b->left = b->left * 16 + (size_t)hex;
	b->digits = 1;
	return b->left > LENGTH_MAX ? -EBADMSG : 0;
}

/* One byte of what is no data. */
static int take_between(struct http1_body *b, char c)
{
	if (++b->noise > NOISE_MAX)
		return -EBADMSG;
	switch (b->state) {
	case CHUNK_SIZE:
		return take_size(b, c);
	case CHUNK_WORDS:
		return c == '\n' ? end_of_size(b) : 0;
	case CHUNK_CR:
	case CHUNK_LF:
		if (c == '\r' && b->state == CHUNK_CR)
			b->state = CHUNK_LF;
		else if (c == '\n')
			b->state = CHUNK_SIZE;
		else
			return -EBADMSG;
		return 0;
	case TRAILER: /* a line begins */
		if (c != '\r')
			b->state = c == '\n' ? ENDED : TRAILER_LINE;
		return 0;
	default:
		if (c == '\n')
			b->state = TRAILER;
		return 0;
	}
}

static int take_chunked(struct http1_body *b, const char *data, size_t n, struct strbuf *out)
{
	const char *end = data + n;
	int r = 0;

	while (data < end && b->state != ENDED && r == 0) {
		size_t some = (size_t)(end - data);

		if (b->state != CHUNK_DATA) {
			r = take_between(b, *data++);
			continue;
		}
		some = some < b->left ? some : b->left;
		r = strbuf_add(out, data, some);
		data += some;
		b->left -= some;
		if (!b->left)
			b->state = CHUNK_CR;
	}
	return r < 0 ? r : b->state == ENDED;
}

int http1_body_take(struct http1_body *b, const char *data, size_t n, struct strbuf *out)
{
	int r;

	if (b->framing == HTTP1_NO_BODY)
		return 1;
	if (b->framing == HTTP1_CHUNKED)
		return take_chunked(b, data, n, out);
	if (b->framing == HTTP1_UNTIL_CLOSE)
		return strbuf_add(out, data, n);
	/* What will not fit need not be waited for. */
	if (b->left > out->max - out->len)
		return -E2BIG;
	n = n < b->left ? n : b->left;
	r = strbuf_add(out, data, n);
	b->left -= n;
	return r < 0 ? r : b->left == 0;
}

int http1_body_end(const struct http1_body *b)
{
	bool whole = b->framing == HTTP1_CHUNKED  ? b->state == ENDED
		     : b->framing == HTTP1_LENGTH ? !b->left
						  : true;

	return whole ? 0 : -EBADMSG;
}

int http1_parse(const char *data, size_t n, bool head, struct http1_response *ret)
{
	struct http1_head h;
	int r = http1_parse_head(data, n, head, &h);

	if (r < 0)
		return r;
	if (h.framing == HTTP1_CHUNKED || h.framing == HTTP1_UNTIL_CLOSE)
		return -EBADMSG;
	if (h.length > n - h.size)
		return -EAGAIN;
	*ret = (struct http1_response){.status = h.status,
				       .body = data + h.size,
				       .body_len = h.length,
				       .total = h.size + h.length,
				       .close = h.close};
	return 0;
}
