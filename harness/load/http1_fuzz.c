/* SPDX-License-Identifier: MIT */
/* libFuzzer target: a pipelined stream of answers, and wrk's text: what a server may send us. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/xalloc.h"
#include "load/http1.h"
#include "load/wrkout.h"

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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	_autofree_ char *text = xmalloc(n + 1);
	struct wrkout out;

	memcpy(text, data, n);
	text[n] = '\0';
	read_stream(text, n, false);
	read_stream(text, n, true);
	wrkout_parse(text, &out);
	return 0;
}
