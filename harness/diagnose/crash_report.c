/* SPDX-License-Identifier: MIT */
#include "diagnose/crash_report.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/sha256.h"
#include "base/strbuf.h"
#include "diagnose/crash_match.h"
#include "diagnose/crash_title.h"
#include "wire/console_text.h"

#define LONGEST_PATH 4096

/* Does row k of the report's kernel apply, being of this kind? */
static const struct crash_row *row_of(const struct crash_report *r, size_t k,
				      enum crash_row_kind kind, size_t without)
{
	const struct crash_row *row = &r->os->rows[k];

	if (row->kind != kind || r->first_row + k == without ||
	    !crash_in_list(row->group, r->group))
		return NULL;
	return row;
}

static bool match_text(const struct crash_report *r, size_t k, struct crash_match *m)
{
	return crash_match(r->first_row + k, strbuf_str(&r->text), r->text.len, true, m);
}

static bool confirmed(const struct crash_report *r, size_t without)
{
	if (!(r->flags & ROW_WEAK))
		return true;
	for (size_t k = 0; k < r->os->n; k++)
		if (row_of(r, k, ROW_CONFIRM, without) && match_text(r, k, NULL))
			return true;
	return false;
}

static const struct crash_row *find_title(const struct crash_report *r, size_t without,
					  struct crash_match *m)
{
	const struct crash_row *row;

	if (!confirmed(r, without))
		return NULL;
	for (size_t k = 0; k < r->os->n; k++) {
		row = row_of(r, k, ROW_TITLE, without);
		if (row && match_text(r, k, m))
			return row;
	}
	return NULL;
}

const struct crash_row *crash_report_row(const struct crash_report *r, size_t without)
{
	return find_title(r, without, NULL);
}

bool crash_report_is_whole(const struct crash_report *r, size_t without)
{
	for (size_t k = 0; k < r->os->n; k++)
		if (row_of(r, k, ROW_WHOLE, without) && !match_text(r, k, NULL))
			return false;
	return true;
}

/* The parts of a path that the first matching row keeps; else the path as it is. */
static void shorten_path(const struct crash_report *r, size_t without, const char *s, size_t n,
			 struct strbuf *out)
{
	struct crash_match m;

	for (size_t k = 0; k < r->os->n; k++) {
		if (!row_of(r, k, ROW_PATH, without) ||
		    !crash_match(r->first_row + k, s, n, true, &m))
			continue;
		strbuf_add(out, s + m.start[1], m.end[1] - m.start[1]);
		strbuf_add(out, s + m.start[2], m.end[2] - m.start[2]);
		return;
	}
	strbuf_add(out, s, n);
}

static void drop_parts(const struct crash_report *r, size_t without, char *name)
{
	struct crash_match m;
	size_t n;

	for (size_t k = 0; k < r->os->n; k++) {
		if (!row_of(r, k, ROW_DROP, without))
			continue;
		while ((n = strlen(name)) && crash_match(r->first_row + k, name, n, true, &m) &&
		       m.end[0] > m.start[0])
			memmove(name + m.start[0], name + m.end[0], n - m.end[0] + 1);
	}
}

static bool skipped(const struct crash_report *r, const char *name, size_t n, size_t without)
{
	for (size_t k = 0; k < r->os->n; k++)
		if (row_of(r, k, ROW_SKIP, without) &&
		    crash_match(r->first_row + k, name, n, true, NULL))
			return true;
	return false;
}

static void add_frame(const struct crash_report *r, size_t without, struct crash *c,
		      const char *text, size_t n)
{
	char *frame = c->frames[c->n_frames], name[512];

	if (n >= sizeof(name))
		n = sizeof(name) - 1;
	memcpy(name, text, n);
	name[n] = '\0';
	drop_parts(r, without, name);
	n = strlen(name);
	if (!n || skipped(r, name, n, without))
		return;
	if (n >= sizeof(c->frames[0]))
		n = sizeof(c->frames[0]) - 1;
	memcpy(frame, name, n);
	frame[n] = '\0';
	c->n_frames++;
}

static void frame_of_line(const struct crash_report *r, size_t without, bool top, struct crash *c,
			  const char *line, size_t n)
{
	const struct crash_row *row;
	struct crash_match m;

	for (size_t k = 0; k < r->os->n; k++) {
		row = row_of(r, k, ROW_FRAME, without);
		if (!row || !(row->flags & ROW_TOP) != !top)
			continue;
		if (!crash_match(r->first_row + k, line, n, true, &m))
			continue;
		add_frame(r, without, c, line + m.start[1], m.end[1] - m.start[1]);
		return;
	}
}

/* Up to so many frames in all; `top`: by the rows of the innermost one, else by the others. */
static void find_frames(const struct crash_report *r, size_t without, bool top, size_t most,
			struct crash *c)
{
	const char *p = strbuf_str(&r->text), *end = p + r->text.len, *lf;

	while (p < end && c->n_frames < most) {
		lf = memchr(p, '\n', (size_t)(end - p));
		if (!lf)
			lf = end;
		frame_of_line(r, without, top, c, p, (size_t)(lf - p));
		p = lf + 1;
	}
}

/* The number that the first matching row of this kind captures; false: none. */
static bool find_number(const struct crash_report *r, enum crash_row_kind kind, size_t without,
			int base, unsigned long long *ret)
{
	struct crash_match m;
	char digits[24];
	size_t n;

	for (size_t k = 0; k < r->os->n; k++) {
		if (!row_of(r, k, kind, without) || !match_text(r, k, &m))
			continue;
		n = m.end[1] - m.start[1];
		if (!n || n >= sizeof(digits))
			continue;
		memcpy(digits, strbuf_str(&r->text) + m.start[1], n);
		digits[n] = '\0';
		*ret = strtoull(digits, NULL, base);
		return true;
	}
	return false;
}

static void render_title(const struct crash_report *r, const struct crash_row *row,
			 const struct crash_match *m, size_t without, const struct crash *c,
			 char ret_title[CRASH_TITLE_MAX + 1])
{
	_cleanup_(strbuf_release) struct strbuf path = STRBUF_INIT(LONGEST_PATH);
	struct crash_title t = {.text = strbuf_str(&r->text),
				.match = m,
				.function = c->n_frames ? c->frames[0] : NULL};

	shorten_path(r, without, t.text + m->start[1], m->end[1] - m->start[1], &path);
	t.path = strbuf_str(&path);
	crash_title_make(&t, row->title, ret_title);
}

/* Titles that say the same as one that is there are left out. */
static void make_also(const struct crash_report *r, size_t without, struct crash *c)
{
	struct crash_match m;
	char title[sizeof(c->title)];
	const char *keep = c->title;

	for (size_t k = 0; k < r->os->n && c->n_also < CRASH_ALSO; k++) {
		const struct crash_row *row = row_of(r, k, ROW_ALSO, without);

		if (!row || !match_text(r, k, &m))
			continue;
		render_title(r, row, &m, without, c, title);
		if (strcmp(title, keep) != 0)
			memcpy(c->also[c->n_also++], title, sizeof(title));
	}
}

static void make_fingerprint(struct crash *c)
{
	struct strbuf sb = STRBUF_INIT(sizeof(c->frames) + sizeof(c->title) + 16);
	char hex[65];

	for (size_t i = 0; i < c->n_frames; i++)
		strbuf_addf(&sb, "%s\n", c->frames[i]);
	if (!c->n_frames)
		strbuf_addstr(&sb, c->title);
	data_sha256(strbuf_str(&sb), sb.len, hex);
	memcpy(c->fingerprint, hex, sizeof(c->fingerprint) - 1);
	c->fingerprint[sizeof(c->fingerprint) - 1] = '\0';
	strbuf_release(&sb);
}

static uint64_t find_stamp(const struct crash_report *r, size_t without)
{
	const char *text = strbuf_str(&r->text);
	struct crash_match m;

	for (size_t k = 0; k < r->os->n; k++)
		if (row_of(r, k, ROW_STAMP, without) && match_text(r, k, &m))
			return strtoull(text + m.start[1], NULL, 10) * 1000000 +
			       strtoull(text + m.start[2], NULL, 10);
	return 0;
}

static void make_numbers(const struct crash_report *r, size_t without, struct crash *c)
{
	unsigned long long v;

	c->pid = -1;
	if (find_number(r, ROW_PID, without, 10, &v) && v <= INT32_MAX)
		c->pid = (long)v;
	if (find_number(r, ROW_IP, without, 16, &v))
		c->ip = v;
	c->stamp_us = find_stamp(r, without);
}

bool crash_report_close(struct crash_report *r, size_t without, struct crash *ret_crash)
{
	struct crash c = {.offset = r->offset, .end = r->end};
	const struct crash_row *row;
	struct crash_match m;

	if (r->text.len)
		console_text_sanitize(r->text.buf, r->text.len);
	row = find_title(r, without, &m);
	if (!row)
		return false;
	find_frames(r, without, true, 1, &c);
	find_frames(r, without, false, CRASH_FRAMES, &c);
	render_title(r, row, &m, without, &c, c.title);
	make_also(r, without, &c);
	make_fingerprint(&c);
	make_numbers(r, without, &c);
	c.class = (enum crash_class)(r->class != CRASH_NO_CLASS ? r->class : row->class);
	c.corrupted = r->disturbed || !crash_report_is_whole(r, without);
	snprintf(c.os, sizeof(c.os), "%s", r->os->name);
	c.text = strbuf_detach(&r->text, NULL);
	*ret_crash = c;
	return true;
}

/* frames[0] becomes this one; the last of five falls out. */
static void push_frame(struct crash *c, const char *name)
{
	if (c->n_frames < CRASH_FRAMES)
		c->n_frames++;
	memmove(c->frames[1], c->frames[0], (c->n_frames - 1) * sizeof(c->frames[0]));
	snprintf(c->frames[0], sizeof(c->frames[0]), "%s", name);
}

/* The place at a title's end becomes this one. */
static void set_place(char title[CRASH_TITLE_MAX + 1], const char *function)
{
	char text[CRASH_TITLE_MAX + sizeof(((struct crash *)0)->frames[0]) + 8];
	char *tail = NULL;

	for (char *p = title; (p = strstr(p, " in ")); p++)
		tail = p;
	if (tail)
		*tail = '\0';
	snprintf(text, sizeof(text), "%s in %s", title, function);
	crash_title_fit(text, title);
}

void crash_set_place(struct crash *c, const char *function)
{
	struct crash_report r = {.group = ""};
	char name[512];

	for (size_t i = 0; crash_oses[i]; r.first_row += crash_oses[i++]->n) {
		r.os = crash_oses[i];
		if (strcmp(r.os->name, c->os) == 0)
			break;
	}
	snprintf(name, sizeof(name), "%s", function);
	drop_parts(&r, SIZE_MAX, name);
	push_frame(c, name);
	set_place(c->title, c->frames[0]);
	for (size_t i = 0; i < c->n_also; i++)
		set_place(c->also[i], c->frames[0]);
	make_fingerprint(c);
}

static bool named(const struct crash *c, const char *title)
{
	if (strcmp(c->title, title) == 0)
		return true;
	for (size_t i = 0; i < c->n_also; i++)
		if (strcmp(c->also[i], title) == 0)
			return true;
	return false;
}

bool crash_same(const struct crash *a, const struct crash *b)
{
	if (strcmp(a->os, b->os) != 0)
		return false;
	if (strcmp(a->title, b->title) == 0)
		return true;
	if (strstr(a->title, " in ") && named(b, a->title))
		return true;
	for (size_t i = 0; i < a->n_also; i++)
		if (strstr(a->also[i], " in ") && named(b, a->also[i]))
			return true;
	return false;
}
