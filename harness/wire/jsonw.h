/* SPDX-License-Identifier: MIT */
/*
 * jsonw: JSON written as it goes, valid whatever the strings hold.
 *
 * Owns its nesting state. Called by report/ and by cmd/ (progress events). Bytes that are no UTF-8
 * become U+FFFD. A misuse (an end too many, a key where none belongs) or a failed write is kept and
 * told by jsonw_finish(): calls in between need no check.
 */
#ifndef WIRE_JSONW_H
#define WIRE_JSONW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/sink.h"

#define JSONW_MAX_DEPTH 32

struct jsonw {
	struct sink sink;
	bool pretty; /* two spaces a level; else one line */
	unsigned int depth;
	bool is_object[JSONW_MAX_DEPTH], has_items[JSONW_MAX_DEPTH];
	bool done; /* the one top-level value was written */
	int error;
};

void jsonw_init(struct jsonw *w, struct sink sink, bool pretty);
/* key: NULL inside an array and at the top, else the member's name. */
void jsonw_begin_object(struct jsonw *w, const char *key);
void jsonw_end_object(struct jsonw *w);
void jsonw_begin_array(struct jsonw *w, const char *key);
void jsonw_end_array(struct jsonw *w);
/* NULL is written as null. */
void jsonw_string(struct jsonw *w, const char *key, const char *value);
void jsonw_string_n(struct jsonw *w, const char *key, const char *value, size_t n);
void jsonw_int(struct jsonw *w, const char *key, int64_t value);
void jsonw_uint(struct jsonw *w, const char *key, uint64_t value);
/* Not a number and infinities become null. */
void jsonw_double(struct jsonw *w, const char *key, double value);
/* Microseconds, as seconds with their fraction: without the floating point that a small program may
 * do without. */
void jsonw_micros(struct jsonw *w, const char *key, uint64_t us);
void jsonw_bool(struct jsonw *w, const char *key, bool value);
void jsonw_null(struct jsonw *w, const char *key);
/* Ends the line. 0, -EINVAL (misuse), or what the sink said. */
int jsonw_finish(struct jsonw *w);

#endif
