/* SPDX-License-Identifier: MIT */
/*
 * console_text: console bytes -> lines that can be looked at.
 *
 * Owns the line that is not finished yet, never more than `max` bytes of it. Called by diagnose/
 * and report/. Pure: no descriptor, no clock.
 *
 * Escape sequences are removed. A line ends at LF; CR LF, LF CR and runs of CR around LF are one
 * end, a CR inside a line ends it too (the cursor went back to its beginning). What is longer than
 * `max` comes in pieces that overlap by `overlap` bytes, so that a word cut by the border is whole
 * in one of them.
 */
#ifndef WIRE_CONSOLE_TEXT_H
#define WIRE_CONSOLE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/ansi.h"

struct console_line {
	const char *text; /* not NUL-terminated, any byte but LF, CR and escape sequences */
	size_t n;
	uint64_t offset, end; /* console bytes it stands on, as they came */
	bool first;	      /* begins at the beginning of a line */
	bool last;	      /* the line ended; else more pieces follow */
};

/* The line is valid during the call. It may not feed the same console_text. */
typedef void console_line_fn(void *arg, const struct console_line *line);

struct console_text {
	struct ansi ansi;
	char *buf;
	size_t n, max, overlap;
	uint64_t offset;     /* bytes taken so far */
	uint64_t line_start; /* of buf[0] */
	bool cont;	     /* buf continues a line of which a piece was given out */
	bool cr;	     /* a CR came, what it meant depends on the next byte */
	console_line_fn *fn;
	void *arg;
};

/* overlap < max. */
void console_text_init(struct console_text *ct, size_t max, size_t overlap, console_line_fn *fn,
		       void *arg);
void console_text_release(struct console_text *ct);
void console_text_feed(struct console_text *ct, const char *data, size_t n);
/* Give out the unfinished line, if there is one (last: false). What comes next begins a line. */
void console_text_flush(struct console_text *ct);

/*
 * Make bytes safe to store and to show, in place, length unchanged: control characters but TAB and
 * LF, and bytes that are no valid UTF-8, become '?'.
 */
void console_text_sanitize(char *text, size_t n);

#endif
