/* SPDX-License-Identifier: MIT */
/*
 * strbuf: a growing byte buffer with a ceiling.
 *
 * Owns its bytes; always NUL-terminated after the first append. The ceiling is mandatory: what
 * would pass it is refused whole with -E2BIG and the buffer is unchanged.
 */
#ifndef BASE_STRBUF_H
#define BASE_STRBUF_H

#include <stdarg.h>
#include <stddef.h>

struct strbuf {
	char *buf;  /* NULL until the first append */
	size_t len; /* bytes, without the NUL */
	size_t cap;
	size_t max; /* ceiling on len */
};

#define STRBUF_INIT(ceiling)     \
	{                        \
		.max = (ceiling) \
	}

void strbuf_init(struct strbuf *sb, size_t max);
void strbuf_release(struct strbuf *sb);
/* The same for what is secret: overwritten before its memory is given back. */
void strbuf_wipe(struct strbuf *sb);
/* Forget the content, keep the memory. */
void strbuf_reset(struct strbuf *sb);
/* Drop the first n bytes (n <= len). */
void strbuf_consume(struct strbuf *sb, size_t n);
int strbuf_add(struct strbuf *sb, const void *data, size_t n);
int strbuf_addstr(struct strbuf *sb, const char *s);
int strbuf_addch(struct strbuf *sb, char c);
int strbuf_addf(struct strbuf *sb, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int strbuf_vaddf(struct strbuf *sb, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));
/* The content as a string, "" when empty; valid until the next change. */
const char *strbuf_str(const struct strbuf *sb);
/* Hand the bytes over (free() them); the buffer is empty afterwards. Never NULL. */
char *strbuf_detach(struct strbuf *sb, size_t *ret_len);

#endif
