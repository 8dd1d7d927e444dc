/* SPDX-License-Identifier: MIT */
#include "wire/console_text.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

#define ESC   0x1b
#define BLOCK 1024

void console_text_init(struct console_text *ct, size_t max, size_t overlap, console_line_fn *fn,
		       void *arg)
{
	*ct = (struct console_text){.max = max, .overlap = overlap, .fn = fn, .arg = arg};
	ct->buf = xmalloc(max);
}

void console_text_release(struct console_text *ct)
{
	free(ct->buf);
	ct->buf = NULL;
	ct->n = 0;
}

static void give(struct console_text *ct, uint64_t end, bool last)
{
	struct console_line line = {.text = ct->buf,
				    .n = ct->n,
				    .offset = ct->line_start,
				    .end = end,
				    .first = !ct->cont,
				    .last = last};

	ct->fn(ct->arg, &line);
}

static void end_line(struct console_text *ct, uint64_t end)
{
	give(ct, end, true);
	ct->n = 0;
	ct->cont = false;
	ct->cr = false;
	ct->line_start = end;
}

static void end_piece(struct console_text *ct, uint64_t end)
{
	give(ct, end, false);
	memmove(ct->buf, ct->buf + ct->n - ct->overlap, ct->overlap);
	ct->n = ct->overlap;
	ct->cont = true;
	ct->line_start = end - ct->overlap;
}

/*
 * Text without escape sequences and without LF, from the bytes of the stream from `at` to
 * `end`: a sequence left out among them makes a place inside the text too small, never too large.
 */
static void append(struct console_text *ct, const char *text, size_t n, uint64_t at, uint64_t end)
{
	const char *cr;
	size_t run;

	while (n) {
		if (*text == '\r') {
			ct->cr = true;
			text++;
			n--;
			at += at < end;
			continue;
		}
		if (ct->cr) {
			if (ct->n || ct->cont)
				end_line(ct, at);
			ct->cr = false;
		}
		if (ct->n == ct->max)
			end_piece(ct, at);
		cr = memchr(text, '\r', n);
		run = cr ? (size_t)(cr - text) : n;
		if (run > ct->max - ct->n)
			run = ct->max - ct->n;
		memcpy(ct->buf + ct->n, text, run);
		ct->n += run;
		text += run;
		n -= run;
		at = end - at > run ? at + run : end;
	}
}

static void take(struct console_text *ct, const char *data, size_t n)
{
	char out[BLOCK + ANSI_HELD];
	size_t part, m;

	while (n) {
		part = n < BLOCK ? n : BLOCK;
		m = ansi_strip(&ct->ansi, out, data, part);
		append(ct, out, m, ct->offset, ct->offset + part);
		ct->offset += part;
		data += part;
		n -= part;
	}
}

/* The common case, without a copy: a whole plain line lies in the data. */
static bool take_plain(struct console_text *ct, const char *data, size_t n)
{
	struct console_line line = {.text = data, .n = n, .first = true, .last = true};

	if (ct->n || ct->cont || n > ct->max || !ansi_is_idle(&ct->ansi))
		return false;
	if (n && data[n - 1] == '\r')
		line.n--;
	if (memchr(data, '\r', line.n) || memchr(data, ESC, line.n))
		return false;
	line.offset = ct->line_start;
	ct->offset += n + 1;
	line.end = ct->offset;
	ct->line_start = ct->offset;
	ct->cr = false;
	ct->fn(ct->arg, &line);
	return true;
}

void console_text_feed(struct console_text *ct, const char *data, size_t n)
{
	char held[ANSI_HELD];
	const char *lf;
	size_t m;

	while ((lf = memchr(data, '\n', n))) {
		m = (size_t)(lf - data);
		if (!take_plain(ct, data, m)) {
			take(ct, data, m);
			/* No sequence goes past the end of a line. */
			append(ct, held, ansi_finish(&ct->ansi, held), ct->offset, ct->offset);
			ct->offset++;
			end_line(ct, ct->offset);
		}
		data = lf + 1;
		n -= m + 1;
	}
	take(ct, data, n);
}

void console_text_flush(struct console_text *ct)
{
	char held[ANSI_HELD];

	append(ct, held, ansi_finish(&ct->ansi, held), ct->offset, ct->offset);
	if (ct->n)
		give(ct, ct->offset, false);
	ct->n = 0;
	ct->cont = false;
	ct->cr = false;
	ct->line_start = ct->offset;
}

/* Length of the valid UTF-8 sequence at s, 0: none. */
static size_t utf8_len(const unsigned char *s, size_t n)
{
	size_t len, i;

	if (s[0] >= 0xc2 && s[0] <= 0xdf)
		len = 2;
	else if (s[0] >= 0xe0 && s[0] <= 0xef)
		len = 3;
	else if (s[0] >= 0xf0 && s[0] <= 0xf4)
		len = 4;
	else
		return 0;
	if (len > n)
		return 0;
	for (i = 1; i < len; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
	    (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
		return 0;
	if (s[0] == 0xc2 && s[1] < 0xa0)
		return 0; /* the C1 controls */
	return len;
}

void console_text_sanitize(char *text, size_t n)
{
	unsigned char *s = (unsigned char *)text;
	size_t i = 0, len;

	while (i < n) {
		if (s[i] >= 0x80) {
			len = utf8_len(s + i, n - i);
			if (!len)
				s[i] = '?';
			i += len ? len : 1;
			continue;
		}
		if ((s[i] < 0x20 && s[i] != '\t' && s[i] != '\n') || s[i] == 0x7f)
			s[i] = '?';
		i++;
	}
}
