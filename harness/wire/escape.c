/* SPDX-License-Identifier: MIT */
#include "wire/escape.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/xalloc.h"
#include "wire/ansi.h"

size_t utf8_next(const char *s, size_t n, uint32_t *ret_code)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	const unsigned char *p = (const unsigned char *)s;
	size_t len = 0;
	uint32_t code;

	if (n == 0)
		return 0;
	if (p[0] < 0x80)
		len = 1;
	else if ((p[0] & 0xe0) == 0xc0)
		len = 2;
	else if ((p[0] & 0xf0) == 0xe0)
		len = 3;
	else if ((p[0] & 0xf8) == 0xf0)
		len = 4;
	if (len == 0 || len > n)
		return 0;
	code = len == 1 ? p[0] : p[0] & (0xffu >> (len + 1));
	for (size_t i = 1; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (p[i] & 0x3f);
	}
	if (code < least[len] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
		return 0;
	*ret_code = code;
	return len;
}

static bool is_wide(uint32_t c)
{
	static const uint32_t ranges[][2] = {
		{0x1100, 0x115f}, {0x2e80, 0xa4cf},   {0xac00, 0xd7a3},
		{0xf900, 0xfaff}, {0xfe30, 0xfe6f},   {0xff00, 0xff60},
		{0xffe0, 0xffe6}, {0x1f300, 0x1faff}, {0x20000, 0x3fffd},
	};

	for (size_t i = 0; i < ARRAY_SIZE(ranges); i++)
		if (c >= ranges[i][0] && c <= ranges[i][1])
			return true;
	return false;
}

size_t utf8_fit(const char *s, size_t columns)
{
	size_t n = strlen(s), at = 0, used = 0;

	while (at < n) {
		uint32_t code = 0;
		size_t len = utf8_next(s + at, n - at, &code);
		size_t width = len && is_wide(code) ? 2 : 1;

		if (used + width > columns)
			break;
		used += width;
		at += len ? len : 1;
	}
	return at;
}

size_t utf8_columns(const char *s)
{
	size_t n = strlen(s), columns = 0;

	for (size_t at = 0; at < n;) {
		uint32_t code = 0;
		size_t len = utf8_next(s + at, n - at, &code);

		columns += len && is_wide(code) ? 2 : 1;
		at += len ? len : 1;
	}
	return columns;
}

bool utf8_is_hostile(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x61c || (c >= 0x200b && c <= 0x200f) ||
	       (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff ||
	       (c & 0xfffe) == 0xfffe || (c >= 0xfdd0 && c <= 0xfdef) || c >= 0xe0000;
}

static const char *markup(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

/* Where a reader of Markdown would make a link of a bare address. */
static const char *address(const char *s, size_t n)
{
	if (n >= 3 && strncmp(s, "://", 3) == 0)
		return "&#58;";
	return n >= 4 && strncasecmp(s, "www.", 4) == 0 ? "&#119;" : NULL;
}

/* The replacement of a character that means something in the mode, or NULL. */
static const char *special(unsigned int mode, const char *s, size_t n, char buf[8])
{
	char c = *s;

	if (mode == ESCAPE_MARKUP)
		return markup(c);
	if (mode == ESCAPE_MARKDOWN && (c == ':' || c == 'w' || c == 'W'))
		return address(s, n);
	if (mode != ESCAPE_MARKDOWN || !strchr("\\`*_{}[]<>()#+!|~&@", c))
		return NULL;
	if (c == '<' || c == '>' || c == '&')
		return markup(c);
	if (c == '@')
		return "&#64;";
	snprintf(buf, 8, "\\%c", c);
	return buf;
}

static int put_hostile(const struct sink *sink, unsigned int mode, uint32_t code, bool valid)
{
	char text[16];

	if (code == '\r')
		return 0;
	snprintf(text, sizeof(text), valid && code > 0x7f ? "%su{%x}" : "%sx%02x",
		 (mode & 0xff) == ESCAPE_MARKDOWN ? "\\\\" : "\\", code);
	return sink->write(sink->arg, text, strlen(text));
}

static int put_char(const struct sink *sink, unsigned int mode, const char *s, size_t n, size_t len)
{
	char buf[8];
	const char *other = len == 1 ? special(mode & 0xff, s, n, buf) : NULL;

	return other ? sink->write(sink->arg, other, strlen(other))
		     : sink->write(sink->arg, s, len);
}

/* Plain printable ASCII goes out in one piece. */
static size_t plain_run(unsigned int mode, const char *s, size_t n)
{
	size_t i = 0;
	char buf[8];

	while (i < n && s[i] >= 0x20 && s[i] < 0x7f && !special(mode & 0xff, s + i, n - i, buf))
		i++;
	return i;
}

static int put_one(const struct sink *sink, unsigned int mode, const char *s, size_t n,
		   size_t *ret_used)
{
	uint32_t code = (unsigned char)*s;
	size_t len = utf8_next(s, n, &code);

	*ret_used = len ? len : 1;
	if (*s == '\n' || *s == '\t')
		return mode & ESCAPE_ONE_LINE ? sink->write(sink->arg, " ", 1)
					      : sink->write(sink->arg, s, 1);
	if (!len || utf8_is_hostile(code))
		return put_hostile(sink, mode, code, len != 0);
	return put_char(sink, mode, s, n, len);
}

static int write_stripped(const struct sink *sink, unsigned int mode, const char *s, size_t n)
{
	int r = 0;

	while (r == 0 && n) {
		size_t used = plain_run(mode, s, n);

		if (used)
			r = sink->write(sink->arg, s, used);
		else
			r = put_one(sink, mode, s, n, &used);
		s += used;
		n -= used;
	}
	return r;
}

int escape_write(const struct sink *sink, unsigned int mode, const char *s, size_t n)
{
	_autofree_ char *plain = NULL;
	struct ansi ansi = ANSI_INIT;
	size_t len;

	if (!n || !memchr(s, '\033', n))
		return write_stripped(sink, mode, s, n);
	plain = xmalloc(n + 2 * (size_t)ANSI_HELD);
	len = ansi_strip(&ansi, plain, s, n);
	len += ansi_finish(&ansi, plain + len);
	return write_stripped(sink, mode, plain, len);
}

static int add_to_strbuf(void *arg, const char *data, size_t n)
{
	return strbuf_add(arg, data, n);
}

int escape_add(struct strbuf *sb, unsigned int mode, const char *s, size_t n)
{
	struct sink sink = {add_to_strbuf, sb};

	return escape_write(&sink, mode, s, n);
}

char *escape_dup(unsigned int mode, const char *s)
{
	size_t n = s ? strlen(s) : 0;
	struct strbuf sb = STRBUF_INIT(8 * n + 1);

	escape_add(&sb, mode, s ? s : "", n);
	return strbuf_detach(&sb, NULL);
}
