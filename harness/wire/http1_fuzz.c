/* SPDX-License-Identifier: MIT */
/* libFuzzer target: what a web server may send: a pipelined stream, and one body in pieces. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "wire/http1.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check(const char *p, size_t n, const struct http1_response *r)
{
	if (!r->total || r->total > n || r->status < 0 || r->status > 999)
		abort();
	if (r->body_len && (r->body < p || r->body + r->body_len != p + r->total))
		abort();
}

static void read_stream(const char *p, size_t n, bool head)
{
	struct http1_response r;

	while (n && http1_parse(p, n, head, &r) == 0) {
		check(p, n, &r);
		p += r.total;
		n -= r.total;
	}
}

/* How the bytes are cut makes no difference. */
static int read_body(const char *p, size_t n, const struct http1_head *h, size_t piece,
		     struct strbuf *out)
{
	struct http1_body b;
	int r = 0;

	http1_body_init(&b, h);
	for (size_t i = 0; i < n && r == 0; i += piece)
		r = http1_body_take(&b, p + i, n - i < piece ? n - i : piece, out);
	return r == 0 ? http1_body_end(&b) : r;
}

static void read_one(const char *p, size_t n)
{
	_cleanup_(strbuf_release) struct strbuf one = STRBUF_INIT(4096), other = STRBUF_INIT(4096);
	struct http1_head h;
	int r;

	if (http1_parse_head(p, n, false, &h) < 0)
		return;
	if (h.size > n ||
	    (h.location_len && (h.location < p || h.location + h.location_len > p + n)))
		abort();
	r = read_body(p + h.size, n - h.size, &h, n, &one);
	if (read_body(p + h.size, n - h.size, &h, 1, &other) != r && r != -E2BIG)
		abort();
	if (r >= 0 && (one.len != other.len || (one.len && memcmp(one.buf, other.buf, one.len))))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	read_stream((const char *)data, n, false);
	read_stream((const char *)data, n, true);
	if (n)
		read_one((const char *)data, n);
	return 0;
}
