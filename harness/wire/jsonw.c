/* SPDX-License-Identifier: MIT */
#include "wire/jsonw.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wire/escape.h"

void jsonw_init(struct jsonw *w, struct sink sink, bool pretty)
{
	*w = (struct jsonw){.sink = sink, .pretty = pretty};
}

static void put_n(struct jsonw *w, const char *s, size_t n)
{
	if (!w->error)
		w->error = w->sink.write(w->sink.arg, s, n);
}

static void put(struct jsonw *w, const char *s)
{
	put_n(w, s, strlen(s));
}

static void misuse(struct jsonw *w)
{
	if (!w->error)
		w->error = -EINVAL;
}

static void put_line_end(struct jsonw *w)
{
	if (!w->pretty)
		return;
	put(w, "\n");
	for (unsigned int i = 0; i < w->depth; i++)
		put(w, "  ");
}

static void put_char(struct jsonw *w, const char *s, size_t len, uint32_t code)
{
	char text[16];

	if (len == 0) {
		put(w, "\xef\xbf\xbd");
	} else if (code == '"' || code == '\\') {
		snprintf(text, sizeof(text), "\\%c", (char)code);
		put(w, text);
	} else if (code == '\n') {
		put(w, "\\n");
	} else if (utf8_is_hostile(code) && code > 0xffff) {
		code -= 0x10000;
		snprintf(text, sizeof(text), "\\u%04x\\u%04x", 0xd800 + (code >> 10),
			 0xdc00 + (code & 0x3ff));
		put(w, text);
	} else if (utf8_is_hostile(code)) {
		snprintf(text, sizeof(text), "\\u%04x", code & 0xffff);
		put(w, text);
	} else {
		put_n(w, s, len);
	}
}

static void put_string(struct jsonw *w, const char *s, size_t n)
{
	put(w, "\"");
	while (n) {
		uint32_t code = 0;
		size_t run = 0, len;

		while (run < n && s[run] >= 0x20 && s[run] < 0x7f && s[run] != '"' &&
		       s[run] != '\\')
			run++;
		if (run) {
			put_n(w, s, run);
			s += run;
			n -= run;
			continue;
		}
		len = utf8_next(s, n, &code);
		put_char(w, s, len, code);
		s += len ? len : 1;
		n -= len ? len : 1;
	}
	put(w, "\"");
}

/* Comma, line end and key of the next value. */
static void open_value(struct jsonw *w, const char *key)
{
	if (w->depth == 0) {
		if (w->done || key)
			misuse(w);
		w->done = true;
		return;
	}
	if (w->is_object[w->depth - 1] != (key != NULL))
		misuse(w);
	if (w->has_items[w->depth - 1])
		put(w, ",");
	w->has_items[w->depth - 1] = true;
	put_line_end(w);
	if (key) {
		put_string(w, key, strlen(key));
		put(w, w->pretty ? ": " : ":");
	}
}

static void begin(struct jsonw *w, const char *key, bool is_object)
{
	open_value(w, key);
	if (w->depth == JSONW_MAX_DEPTH) {
		misuse(w);
		return;
	}
	w->is_object[w->depth] = is_object;
	w->has_items[w->depth] = false;
	w->depth++;
	put(w, is_object ? "{" : "[");
}

static void end(struct jsonw *w, bool is_object)
{
	bool had_items;

	if (w->depth == 0 || w->is_object[w->depth - 1] != is_object) {
		misuse(w);
		return;
	}
	had_items = w->has_items[--w->depth];
	if (had_items)
		put_line_end(w);
	put(w, is_object ? "}" : "]");
}

void jsonw_begin_object(struct jsonw *w, const char *key)
{
	begin(w, key, true);
}

void jsonw_end_object(struct jsonw *w)
{
	end(w, true);
}

void jsonw_begin_array(struct jsonw *w, const char *key)
{
	begin(w, key, false);
}

void jsonw_end_array(struct jsonw *w)
{
	end(w, false);
}

void jsonw_string_n(struct jsonw *w, const char *key, const char *value, size_t n)
{
	open_value(w, key);
	put_string(w, value, n);
}

void jsonw_string(struct jsonw *w, const char *key, const char *value)
{
	if (value)
		jsonw_string_n(w, key, value, strlen(value));
	else
		jsonw_null(w, key);
}

static void literal(struct jsonw *w, const char *key, const char *text)
{
	open_value(w, key);
	put(w, text);
}

void jsonw_int(struct jsonw *w, const char *key, int64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRId64, value);
	literal(w, key, text);
}

void jsonw_uint(struct jsonw *w, const char *key, uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, value);
	literal(w, key, text);
}

/* The shortest of the two that reads back equal; the locale's comma is no JSON. */
void jsonw_double(struct jsonw *w, const char *key, double value)
{
	char text[40];

	if (!isfinite(value)) {
		jsonw_null(w, key);
		return;
	}
	snprintf(text, sizeof(text), "%.15g", value);
	if (strtod(text, NULL) < value || strtod(text, NULL) > value)
		snprintf(text, sizeof(text), "%.17g", value);
	if (strchr(text, ','))
		*strchr(text, ',') = '.';
	literal(w, key, text);
}

void jsonw_micros(struct jsonw *w, const char *key, uint64_t us)
{
	char text[32];

	snprintf(text, sizeof(text), "%" PRIu64 ".%06u", us / 1000000,
		 (unsigned int)(us % 1000000));
	literal(w, key, text);
}

void jsonw_bool(struct jsonw *w, const char *key, bool value)
{
	literal(w, key, value ? "true" : "false");
}

void jsonw_null(struct jsonw *w, const char *key)
{
	literal(w, key, "null");
}

int jsonw_finish(struct jsonw *w)
{
	if (w->depth || !w->done)
		misuse(w);
	put(w, "\n");
	return w->error;
}
