/* SPDX-License-Identifier: MIT */
/*
 * libFuzzer target: console bytes -> lines. The first byte chooses the size of the pieces. Lines
 * stand in order, keep their ceiling, and hold neither line ends nor, once sanitized, controls.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/xalloc.h"
#include "wire/console_text.h"
#include "wire/escape.h"

#define MAX	512
#define OVERLAP 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

struct seen {
	uint64_t end, total;
};

static void check_sanitized(const char *text, size_t n)
{
	_autofree_ char *copy = xmalloc(n + 1);
	uint32_t code;
	size_t len;

	memcpy(copy, text, n);
	console_text_sanitize(copy, n);
	for (size_t i = 0; i < n; i += len) {
		len = utf8_next(copy + i, n - i, &code);
		if (!len || (code < 0x20 && code != '\t' && code != '\n') || code == 0x7f)
			abort();
	}
}

static void on_line(void *arg, const struct console_line *line)
{
	struct seen *s = arg;

	if (line->n > MAX || line->offset > line->end || line->end > s->total ||
	    line->end < s->end || memchr(line->text, '\n', line->n) ||
	    memchr(line->text, '\r', line->n))
		abort();
	s->end = line->end;
	check_sanitized(line->text, line->n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct seen seen = {.total = n};
	size_t step = n ? 1 + data[0] * 3u : 1, part;
	struct console_text ct;

	console_text_init(&ct, MAX, OVERLAP, on_line, &seen);
	for (size_t at = 0; at < n; at += part) {
		part = n - at < step ? n - at : step;
		console_text_feed(&ct, (const char *)data + at, part);
	}
	console_text_flush(&ct);
	console_text_release(&ct);
	return 0;
}
