/* SPDX-License-Identifier: MIT */
#include "diagnose/crash_title.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "base/strbuf.h"

#define RAW_MAX 2048

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* Length of the number at p, 0: none; *ret_addr: it is an address. */
static size_t number_at(const char *p, bool *ret_addr)
{
	size_t n = 0, digits = 0;

	if (p[0] == '0' && p[1] == 'x' && isxdigit((unsigned char)p[2])) {
		*ret_addr = true;
		return 2 + strspn(p + 2, "0123456789abcdefABCDEF_");
	}
	while (isxdigit((unsigned char)p[n])) {
		digits += isdigit((unsigned char)p[n]) != 0;
		n++;
	}
	*ret_addr = n >= 8 && digits && !is_word(p[n]);
	if (*ret_addr)
		return n;
	return strspn(p, "0123456789");
}

static void strip_numbers(struct strbuf *out, const char *p)
{
	char before = ' ';
	bool addr;
	size_t n;

	while (*p) {
		n = is_word(before) ? 0 : number_at(p, &addr);
		if (n) {
			strbuf_addstr(out, addr ? "ADDR" : "N");
			p += n;
			before = addr ? 'R' : ' ';
			continue;
		}
		before = *p++;
		strbuf_addch(out, before);
	}
}

static void add_squeezed(struct strbuf *sb, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char c = s[i] == '\t' || s[i] == '\n' ? ' ' : s[i];

		if (c != ' ' || (sb->len && sb->buf[sb->len - 1] != ' '))
			strbuf_addch(sb, c);
	}
}

/* "... in " with nothing to follow. */
static void drop_preposition(struct strbuf *sb)
{
	static const char *const words[] = {" in ", " at ", ": "};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		size_t n = strlen(words[i]);

		if (sb->len >= n && memcmp(sb->buf + sb->len - n, words[i], n) == 0) {
			sb->len -= n;
			sb->buf[sb->len] = '\0';
			return;
		}
	}
}

static void add_field(struct strbuf *sb, const char *s, size_t n)
{
	size_t before = sb->len;

	while (n && strchr(" \t,:", s[n - 1]))
		n--;
	add_squeezed(sb, s, n);
	if (sb->len == before)
		drop_preposition(sb);
}

static const char *expand(const struct crash_title *t, const char *p, struct strbuf *sb)
{
	const struct crash_match *m = t->match;
	size_t i;

	if (*p == 'F') {
		add_field(sb, t->function ? t->function : "",
			  t->function ? strlen(t->function) : 0);
		return p + 1;
	}
	if (*p == 'P') {
		add_field(sb, t->path, strlen(t->path));
		return p + 2;
	}
	i = (size_t)(*p - '0');
	if (i < CRASH_CAPTURES)
		add_field(sb, t->text + m->start[i], m->end[i] - m->start[i]);
	return p + 1;
}

/*
 * The end of a title (" in file.rs") says more than the middle of a long message: a title that is
 * too long loses from the field before its last " in ".
 */
void crash_title_fit(const char *s, char ret_title[CRASH_TITLE_MAX + 1])
{
	const char *tail = NULL;
	size_t n = strlen(s), n_tail, head;

	for (const char *p = s; (p = strstr(p, " in ")); p++)
		tail = p;
	n_tail = tail ? n - (size_t)(tail - s) : 0;
	if (n <= CRASH_TITLE_MAX) {
		n_tail = 0;
		head = n;
	} else if (n_tail > CRASH_TITLE_MAX / 2) {
		n_tail = 0;
		head = CRASH_TITLE_MAX;
	} else {
		head = CRASH_TITLE_MAX - n_tail;
	}
	while (head < n && head && ((unsigned char)s[head] & 0xc0) == 0x80)
		head--;
	memcpy(ret_title, s, head);
	if (n_tail)
		memcpy(ret_title + head, tail, n_tail);
	ret_title[head + n_tail] = '\0';
}

void crash_title_make(const struct crash_title *t, const char *template,
		      char ret_title[CRASH_TITLE_MAX + 1])
{
	struct strbuf raw = STRBUF_INIT(RAW_MAX), out = STRBUF_INIT(4 * RAW_MAX);
	const char *p = template;

	while (*p) {
		if (*p == '%' && p[1]) {
			p = expand(t, p + 1, &raw);
			continue;
		}
		strbuf_addch(&raw, *p++);
	}
	strip_numbers(&out, strbuf_str(&raw));
	crash_title_fit(strbuf_str(&out), ret_title);
	strbuf_release(&raw);
	strbuf_release(&out);
}
