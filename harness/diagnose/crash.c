/* SPDX-License-Identifier: MIT */
#include "diagnose/crash.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/xalloc.h"
#include "diagnose/crash_match.h"
#include "diagnose/crash_report.h"
#include "diagnose/crash_table.h"
#include "wire/console_text.h"

#define LINE_MAX_BYTES 4096
#define LINE_OVERLAP   512 /* longer than any prefix and header word together */
#define TEXT_MAX       (32 * 1024)
#define LINES_DEFAULT  400 /* a program may print hundreds of lines between two of a panic */
#define LINE_KEPT      500 /* a dump of a whole structure on one line tells nothing more */
#define QUEUE_MAX      64

struct crash_scanner {
	struct console_text text;
	struct crash_report cur;  /* its text is coming */
	struct crash_report held; /* interrupted by cur, which may be its consequence */
	struct crash queue[QUEUE_MAX];
	size_t head, n;
	unsigned int owed; /* reports closed before their end came */
	size_t without;
};

static void on_line(void *arg, const struct console_line *line);

struct crash_scanner *crash_scanner_new_without(size_t i)
{
	struct crash_scanner *s = xcalloc(1, sizeof(*s));

	console_text_init(&s->text, LINE_MAX_BYTES, LINE_OVERLAP, on_line, s);
	s->without = i;
	return s;
}

struct crash_scanner *crash_scanner_new(void)
{
	return crash_scanner_new_without(SIZE_MAX);
}

static void report_release(struct crash_report *r)
{
	strbuf_release(&r->text);
	*r = (struct crash_report){0};
}

void crash_scanner_free(struct crash_scanner *s)
{
	if (!s)
		return;
	for (; s->n; s->n--, s->head++)
		crash_release(&s->queue[s->head % QUEUE_MAX]);
	report_release(&s->cur);
	report_release(&s->held);
	console_text_release(&s->text);
	free(s);
}

void crash_release(struct crash *c)
{
	free(c->text);
	c->text = NULL;
}

const char *crash_class_name(enum crash_class class)
{
	static const char *const names[] = {[CRASH_RECOVERED] = "recovered",
					    [CRASH_TASK] = "task",
					    [CRASH_FATAL] = "fatal",
					    [CRASH_WARNING] = "warning"};

	return (size_t) class < ARRAY_SIZE(names) ? names[class] : "?";
}

bool crash_is_no_root(const char *title)
{
	return strstr(title, "Failed to find rootfs device") ||
	       strstr(title, "VFS: Unable to mount root fs");
}

/* A full queue keeps the first ones: they are the cause, the rest is consequence. */
static void report_finish(struct crash_scanner *s, struct crash_report *r)
{
	struct crash c;

	if (r->open && crash_report_close(r, s->without, &c)) {
		if (s->n < QUEUE_MAX)
			s->queue[(s->head + s->n++) % QUEUE_MAX] = c;
		else
			crash_release(&c);
	}
	report_release(r);
}

/* Of two late classes the graver one. */
static int graver(int a, int b)
{
	return a > b ? a : b;
}

static void report_finish_late(struct crash_scanner *s, struct crash_report *r)
{
	if (r->open && r->class == CRASH_NO_CLASS)
		s->owed++;
	report_finish(s, r);
}

/* cur ended. Was it a consequence of the one it interrupted? */
static void close_current(struct crash_scanner *s)
{
	const struct crash_row *row;

	if (!s->held.open) {
		report_finish_late(s, &s->cur);
		return;
	}
	row = crash_report_row(&s->cur, s->without);
	if (row && (row->flags & ROW_CONTINUES)) {
		strbuf_add(&s->held.text, strbuf_str(&s->cur.text), s->cur.text.len);
		s->held.class = graver(s->held.class, s->cur.class);
		s->held.disturbed |= s->cur.disturbed;
		s->held.end = s->cur.end;
		report_release(&s->cur);
		report_finish_late(s, &s->held);
		return;
	}
	/* What the first one lacks may stand in the second. */
	if (s->cur.flags & ROW_MIXES)
		s->cur.disturbed |= !crash_report_is_whole(&s->held, s->without);
	report_finish_late(s, &s->held);
	report_finish_late(s, &s->cur);
}

static void report_add(struct crash_report *r, const char *text, size_t n, uint64_t end)
{
	if (n > LINE_KEPT)
		n = LINE_KEPT;
	if (strbuf_add(&r->text, text, n) == 0)
		strbuf_addch(&r->text, '\n');
	r->n_lines++;
	r->end = end;
}

static void report_begin(struct crash_report *r, const struct crash_os *os, size_t first_row,
			 const struct crash_row *header, const struct console_line *line)
{
	*r = (struct crash_report){.open = true,
				   .os = os,
				   .first_row = first_row,
				   .group = header->group,
				   .flags = header->flags,
				   .lines_left = header->lines ? header->lines : LINES_DEFAULT,
				   .offset = line->offset,
				   .end = line->end,
				   .class = CRASH_NO_CLASS};
	strbuf_init(&r->text, TEXT_MAX);
}

static void interrupt(struct crash_scanner *s, struct crash_report *next)
{
	const struct crash_row *row = crash_report_row(&s->cur, s->without);

	if (s->held.open)
		report_finish_late(s, &s->held);
	if (!row) {
		report_release(&s->cur);
		return;
	}
	if (row->flags & ROW_PARTIAL)
		s->cur.disturbed = next->disturbed = true;
	s->held = s->cur;
	s->cur = (struct crash_report){0};
}

static bool joins(struct crash_report *r, const struct crash_row *header)
{
	if (!header->joins || !crash_in_list(header->joins, r->group))
		return false;
	if (header->flags & ROW_TAKES)
		r->group = header->group;
	return true;
}

/*
 * A fragment is a line of the open report, unless that has had this very line: then another panic
 * began whose header is lost. Not so when two reports are known to run into each other.
 */
static bool is_part(struct crash_report *r, const struct crash_row *header)
{
	uint64_t bit = 1ull << ((size_t)(header - r->os->rows) % 64);

	if (!(header->flags & ROW_FRAGMENT))
		return false;
	if ((r->seen & bit) && !r->disturbed)
		return false;
	r->seen |= bit;
	return true;
}

static bool on_header(struct crash_scanner *s, const struct crash_os *os, size_t first_row,
		      const struct crash_row *header, const struct console_line *line)
{
	struct crash_report next;

	if (header->lines == 1) {
		report_begin(&next, os, first_row, header, line);
		report_add(&next, line->text, line->n, line->end);
		report_finish(s, &next);
		return false;
	}
	if (s->cur.open && s->cur.os == os) {
		if (joins(&s->cur, header) || is_part(&s->cur, header))
			return false;
	} else if ((header->flags & ROW_TAIL) && s->owed) {
		s->owed--;
		return false;
	}
	report_begin(&next, os, first_row, header, line);
	is_part(&next, header);
	if (s->cur.open)
		interrupt(s, &next);
	s->cur = next;
	return true;
}

static bool row_matches(const struct crash_scanner *s, size_t i, const struct console_line *line)
{
	return i != s->without && crash_match(i, line->text, line->n, line->first, NULL);
}

/*
 * A header in the part that the next piece repeats is left to that piece, where it is whole.
 */
static bool header_here(const struct crash_scanner *s, size_t i, const struct console_line *line,
			size_t *ret_at)
{
	struct crash_match m;
	const char *word = crash_row_at(i)->word;

	if (i == s->without || !memmem(line->text, line->n, word, strlen(word)))
		return false;
	if (!crash_match(i, line->text, line->n, line->first, &m))
		return false;
	if (!line->last && line->n == LINE_MAX_BYTES && m.start[0] >= line->n - LINE_OVERLAP)
		return false;
	*ret_at = m.start[0];
	return true;
}

static bool suppressed(const struct crash_scanner *s, const struct crash_os *os, size_t first_row,
		       const struct console_line *line)
{
	for (size_t k = 0; k < os->n; k++)
		if (os->rows[k].kind == ROW_NOT && row_matches(s, first_row + k, line))
			return true;
	return false;
}

/* True: the report that is open now begins on this line, at *ret_at. */
static bool find_header(struct crash_scanner *s, const struct console_line *line, size_t *ret_at)
{
	size_t i = 0;

	for (size_t os = 0; crash_oses[os]; os++) {
		for (size_t k = 0; k < crash_oses[os]->n; k++) {
			if (crash_oses[os]->rows[k].kind != ROW_HEADER ||
			    !header_here(s, i + k, line, ret_at))
				continue;
			if (suppressed(s, crash_oses[os], i, line))
				return false;
			return on_header(s, crash_oses[os], i, &crash_oses[os]->rows[k], line);
		}
		i += crash_oses[os]->n;
	}
	return false;
}

static void late_line(struct crash_scanner *s, const struct console_line *line)
{
	struct crash_report *r = &s->cur;
	const struct crash_row *row;

	for (size_t k = 0; k < r->os->n; k++) {
		row = &r->os->rows[k];
		if (row->kind != ROW_LINE || !crash_in_list(row->group, r->group) ||
		    !row_matches(s, r->first_row + k, line))
			continue;
		r->class = graver(r->class, row->class);
		if (row->lines && row->lines < r->lines_left)
			r->lines_left = row->lines;
	}
}

static void on_line(void *arg, const struct console_line *line)
{
	struct crash_scanner *s = arg;
	size_t skip = line->first ? 0 : LINE_OVERLAP; /* the piece before had it */
	size_t at = 0;
	bool begun = false;

	if (crash_word_in(line->text, line->n))
		begun = find_header(s, line, &at);
	if (!s->cur.open)
		return;
	late_line(s, line);
	if (begun) {
		skip = at;
		/* Not past it: what was stripped before it is not counted. */
		s->cur.offset += at;
	}
	if (skip > line->n)
		skip = line->n;
	report_add(&s->cur, line->text + skip, line->n - skip, line->end);
	if (--s->cur.lines_left == 0)
		close_current(s);
}

void crash_scanner_feed(struct crash_scanner *s, const char *data, size_t n)
{
	console_text_feed(&s->text, data, n);
}

bool crash_scanner_pending(const struct crash_scanner *s)
{
	return s->cur.open || s->held.open;
}

void crash_scanner_flush(struct crash_scanner *s)
{
	console_text_flush(&s->text);
	if (!crash_scanner_pending(s))
		return;
	close_current(s);
}

bool crash_scanner_next(struct crash_scanner *s, struct crash *ret_crash)
{
	if (!s->n)
		return false;
	*ret_crash = s->queue[s->head % QUEUE_MAX];
	s->head++;
	s->n--;
	return true;
}
