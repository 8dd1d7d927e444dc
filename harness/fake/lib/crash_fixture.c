/* SPDX-License-Identifier: MIT */
#include "fake/lib/crash_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/xalloc.h"
#include "diagnose/crash.h"
#include "diagnose/crash_table.h"

#define FIXTURES  "harness/diagnose/fixtures"
#define TEXT_MAX  (1 << 20)
#define FILES_MAX 400

static struct crash_fixture fixtures[FILES_MAX];
static size_t n_fixtures;
static char why[2000];

/* ---- reading ---- */

static void unescape(struct strbuf *sb, const char *p)
{
	unsigned int hex;

	for (; *p; p++) {
		if (*p != '\\' || !p[1]) {
			strbuf_addch(sb, *p);
			continue;
		}
		switch (*++p) {
		case 'e':
			strbuf_addch(sb, 0x1b);
			break;
		case 'r':
			strbuf_addch(sb, '\r');
			break;
		case 'n':
			strbuf_addch(sb, '\n');
			break;
		case '\n':
			break;
		case 'x':
			assert_int_equal(sscanf(p + 1, "%2x", &hex), 1);
			strbuf_addch(sb, (char)hex);
			p += 2;
			break;
		default:
			strbuf_addch(sb, *p);
		}
	}
}

static void copy(char *to, size_t size, const char *from)
{
	if (strlen(from) >= size)
		fail_msg("too long: %s", from);
	memcpy(to, from, strlen(from) + 1);
}

static void header(struct crash_fixture *f, char *line)
{
	char *value = strchr(line, ':');
	struct crash_want *w;

	if (!value)
		fail_msg("%s: bad line: %s", f->name, line);
	*value++ = '\0';
	value += *value == ' ';
	if (strcmp(line, "TITLE") == 0)
		f->n_wants++;
	if (!f->n_wants || f->n_wants > CRASH_WANTS_MAX)
		fail_msg("%s: %s before TITLE, or too many", f->name, line);
	w = &f->wants[f->n_wants - 1];
	if (strcmp(line, "TITLE") == 0)
		copy(w->title, sizeof(w->title), value);
	else if (strcmp(line, "CLASS") == 0)
		copy(w->class, sizeof(w->class), value);
	else if (strcmp(line, "OS") == 0)
		copy(w->os, sizeof(w->os), value);
	else if (strcmp(line, "CORRUPTED") == 0)
		copy(w->corrupted, sizeof(w->corrupted), value);
	else if (strcmp(line, "FINGERPRINT") == 0)
		copy(w->fingerprint, sizeof(w->fingerprint), value);
	else if (strcmp(line, "FRAMES") == 0)
		copy(w->frames, sizeof(w->frames), value);
	else if (strcmp(line, "ALSO") == 0)
		copy(w->also, sizeof(w->also), value);
	else if (strcmp(line, "PID") == 0)
		w->has_pid = sscanf(value, "%ld", &w->pid) == 1;
	else if (strcmp(line, "IP") == 0)
		w->has_ip = sscanf(value, "%lx", &w->ip) == 1;
	else if (strcmp(line, "STAMP") == 0)
		w->has_stamp = sscanf(value, "%lu", &w->stamp) == 1;
	else
		fail_msg("%s: unknown key %s", f->name, line);
}

static void read_fixture(const char *name)
{
	_cleanup_(strbuf_release) struct strbuf raw = STRBUF_INIT(TEXT_MAX);
	_autofree_ char *path = path_join(FIXTURES, name);
	struct crash_fixture *f = &fixtures[n_fixtures++];
	struct err err = ERR_INIT;
	char *p, *lf;

	assert_true(n_fixtures <= FILES_MAX);
	f->name = xstrdup(name);
	strbuf_init(&f->text, TEXT_MAX);
	if (file_read(path, &raw, &err) < 0)
		fail_msg("%s", err.text);
	for (p = raw.buf; (lf = strchr(p, '\n')) && lf != p; p = lf + 1) {
		*lf = '\0';
		header(f, p);
	}
	assert_non_null(lf);
	unescape(&f->text, lf + 1);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct crash_fixture *)a)->name,
		      ((const struct crash_fixture *)b)->name);
}

int crash_fixtures_read(void **state)
{
	DIR *d = opendir(FIXTURES);
	struct dirent *e;

	assert_non_null(d);
	while ((e = readdir(d)))
		if (strstr(e->d_name, ".txt"))
			read_fixture(e->d_name);
	closedir(d);
	qsort(fixtures, n_fixtures, sizeof(*fixtures), by_name);
	return 0;
}

int crash_fixtures_release(void **state)
{
	for (size_t i = 0; i < n_fixtures; i++) {
		free(fixtures[i].name);
		strbuf_release(&fixtures[i].text);
	}
	return 0;
}

/* ---- comparing ---- */

static bool differs(const char *what, const char *want, const char *got)
{
	if (!*want || strcmp(want, got) == 0 || (strcmp(want, "-") == 0 && !*got))
		return false;
	snprintf(why, sizeof(why), "%s: want '%s', got '%s'", what, want, got);
	return true;
}

static bool crash_differs(const struct crash_want *w, const struct crash *c)
{
	char frames[CRASH_FRAMES * 100] = "", also[CRASH_ALSO * 130] = "";
	size_t n = 0, m = 0;

	for (size_t i = 0; i < c->n_frames; i++)
		n += (size_t)snprintf(frames + n, sizeof(frames) - n, "%s%s", i ? "|" : "",
				      c->frames[i]);
	for (size_t i = 0; i < c->n_also; i++)
		m += (size_t)snprintf(also + m, sizeof(also) - m, "%s%s", i ? "|" : "", c->also[i]);
	if (w->has_pid && w->pid != c->pid) {
		snprintf(why, sizeof(why), "pid: want %ld, got %ld", w->pid, c->pid);
		return true;
	}
	if (w->has_ip && w->ip != c->ip) {
		snprintf(why, sizeof(why), "ip: want %lx, got %lx", w->ip, c->ip);
		return true;
	}
	if (w->has_stamp && w->stamp != c->stamp_us) {
		snprintf(why, sizeof(why), "stamp: want %lu, got %lu", w->stamp, c->stamp_us);
		return true;
	}
	return differs("title", w->title, c->title) ||
	       differs("class", w->class, crash_class_name(c->class)) ||
	       differs("os", w->os, c->os) || differs("frames", w->frames, frames) ||
	       differs("also", w->also, also) ||
	       differs("fingerprint", w->fingerprint, c->fingerprint) ||
	       differs("corrupted", w->corrupted, c->corrupted ? "yes" : "no");
}

/* Take what the scanner found; true: not what the fixture wants. */
static bool result_differs(const struct crash_fixture *f, struct crash_scanner *s)
{
	bool bad = false;
	struct crash c;
	size_t n = 0;

	while (crash_scanner_next(s, &c)) {
		if (!bad && n >= f->n_wants) {
			snprintf(why, sizeof(why), "one too many: '%s'", c.title);
			bad = true;
		}
		if (!bad)
			bad = crash_differs(&f->wants[n], &c);
		n++;
		crash_release(&c);
	}
	if (!bad && n < f->n_wants) {
		snprintf(why, sizeof(why), "missing: '%s'", f->wants[n].title);
		bad = true;
	}
	return bad;
}

bool crash_fixture_fails(const struct crash_fixture *f, const struct strbuf *text, size_t step,
			 size_t without)
{
	struct crash_scanner *s = crash_scanner_new_without(without);
	bool bad;

	for (size_t i = 0; i < text->len; i += step)
		crash_scanner_feed(s, text->buf + i, text->len - i < step ? text->len - i : step);
	crash_scanner_flush(s);
	assert_false(crash_scanner_pending(s));
	bad = result_differs(f, s);
	crash_scanner_free(s);
	return bad;
}

size_t crash_fixtures(struct crash_fixture **ret_fixtures)
{
	*ret_fixtures = fixtures;
	return n_fixtures;
}

const char *crash_fixture_why(void)
{
	return why;
}
