/* SPDX-License-Identifier: MIT */
#include "fstab.h"

#include <string.h>

#include "base/cleanup.h"

static void add_field(struct strbuf *to, const char *text)
{
	for (; *text; text++)
		if (*text == ' ' || *text == '\t' || *text == '\n' || *text == '\\' || *text == '#')
			strbuf_addf(to, "\\%03o", (unsigned char)*text);
		else
			strbuf_addch(to, *text);
}

void fstab_add(struct strbuf *to, const char *const fields[FSTAB_FIELDS])
{
	for (int i = 0; i < FSTAB_FIELDS; i++) {
		add_field(to, fields[i]);
		strbuf_addch(to, i + 1 < FSTAB_FIELDS ? '\t' : '\n');
	}
}

static bool is_octal(char c)
{
	return c >= '0' && c <= '7';
}

static void unescape(char *s)
{
	char *to = s;

	for (; *s; s++) {
		if (*s == '\\' && is_octal(s[1]) && is_octal(s[2]) && is_octal(s[3])) {
			*to++ = (char)((s[1] - '0') << 6 | (s[2] - '0') << 3 | (s[3] - '0'));
			s += 3;
		} else {
			*to++ = *s;
		}
	}
	*to = '\0';
}

bool fstab_split(const char *line, struct strv *ret)
{
	strv_split(ret, line, " \t");
	for (size_t i = 0; i < ret->n; i++)
		unescape(ret->v[i]);
	return ret->n > FSTAB_OPTIONS && line[strspn(line, " \t")] != '#';
}

bool fstab_has_option(const char *options, const char *word)
{
	_cleanup_(strv_release) struct strv words = STRV_INIT;

	strv_split(&words, options, ",");
	return strv_has(&words, word);
}
