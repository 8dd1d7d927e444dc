/* SPDX-License-Identifier: MIT */
/*
 * escape: text from a guest or a server, made harmless for where it is shown.
 *
 * Owns nothing, pure. Called by report/ and cmd/. Any bytes in, valid UTF-8 out: terminal escape
 * sequences are dropped; other control characters, bytes that are no UTF-8, and characters that
 * reorder text are shown as \xNN or \u{NNNN}.
 */
#ifndef WIRE_ESCAPE_H
#define WIRE_ESCAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "wire/sink.h"

enum escape_mode {
	ESCAPE_TEXT,		 /* for a terminal or a text file */
	ESCAPE_MARKUP,		 /* XML and HTML, element content and quoted attributes */
	ESCAPE_MARKDOWN,	 /* inside a table cell */
	ESCAPE_ONE_LINE = 0x100, /* flag: line ends and tabs become single spaces */
};

int escape_write(const struct sink *sink, unsigned int mode, const char *s, size_t n);
/* The same into a buffer. */
int escape_add(struct strbuf *sb, unsigned int mode, const char *s, size_t n);
/* Freshly allocated; s may be NULL (""). */
char *escape_dup(unsigned int mode, const char *s);

/* Bytes of the valid UTF-8 character at s (1..4), its code in *ret_code; 0: not valid. */
size_t utf8_next(const char *s, size_t n, uint32_t *ret_code);
/* Would hide, reorder or control what is shown: written as its number, never as it is. */
bool utf8_is_hostile(uint32_t code);
/* Columns that a harmless text takes on a terminal. */
size_t utf8_columns(const char *s);
/* Length in bytes of the longest head of s that takes at most columns. */
size_t utf8_fit(const char *s, size_t columns);

#endif
