/* SPDX-License-Identifier: MIT */
#include "run/view.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/deadline.h"
#include "base/strbuf.h"
#include "base/xalloc.h"
#include "wire/escape.h"
#include "wire/jsonw.h"

static const char *const colors[VERDICT_COUNT] = {
	[VERDICT_PASS] = "32",	  [VERDICT_SKIP] = "2",	 [VERDICT_XFAIL] = "2",
	[VERDICT_XPASS] = "33",	  [VERDICT_FAIL] = "31", [VERDICT_TIMEOUT] = "31",
	[VERDICT_CRASH] = "1;31", [VERDICT_LOST] = "35", [VERDICT_BROKEN] = "35",
};

enum view_mode view_default(void)
{
	return isatty(STDERR_FILENO) ? VIEW_TTY : VIEW_PLAIN;
}

void view_init(struct view *v, enum view_mode mode, const struct cell *cells, size_t n)
{
	*v = (struct view){.mode = mode, .n = n};
	v->color = mode == VIEW_TTY && !getenv("NO_COLOR");
	v->cells = xcalloc(n, sizeof(*v->cells));
	for (size_t i = 0; i < n; i++)
		v->cells[i].cell = &cells[i];
}

void view_release(struct view *v)
{
	view_clear(v);
	free(v->cells);
	*v = (struct view){0};
}

static int columns(void)
{
	struct winsize ws;

	return ioctl(STDERR_FILENO, TIOCGWINSZ, &ws) == 0 && ws.ws_col > 20 ? ws.ws_col : 80;
}

/* Names and reasons may hold a guest's bytes: nothing that a terminal acts on reaches it. */
static void put_line(int max, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void put_line(int max, const char *fmt, ...)
{
	_autofree_ char *safe = NULL;
	char line[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	safe = escape_dup(ESCAPE_TEXT | ESCAPE_ONE_LINE, line);
	if (max > 0)
		safe[utf8_fit(safe, (size_t)max)] = '\0';
	fprintf(stderr, "%s\n", safe);
}

static void label(const struct cell *c, char *buf, size_t n)
{
	int len = snprintf(buf, n, "%s/%s/%s", strcmp(c->role, "kut") == 0 ? "kernel" : c->role,
			   c->lane, c->scenario);

	if (c->parts > 1 && (size_t)len < n)
		snprintf(buf + len, n - (size_t)len, " %lld/%lld", (long long)c->part,
			 (long long)c->parts);
}

void view_clear(struct view *v)
{
	for (; v->drawn; v->drawn--)
		fputs("\033[1A\033[2K", stderr);
	fflush(stderr);
}

static void draw_cell(struct view *v, const struct view_cell *c)
{
	unsigned int bad =
		c->tally.n[VERDICT_FAIL] + c->tally.n[VERDICT_TIMEOUT] + c->tally.n[VERDICT_CRASH];
	char name[120];
	char count[40] = "";

	label(c->cell, name, sizeof(name));
	if (c->n)
		snprintf(count, sizeof(count), "%u/%u ", c->i, c->n);
	put_line(columns() - 1, "  %-36s %s%u ok, %u bad  %3.0f/%llds  %s", name, count,
		 c->tally.n[VERDICT_PASS], bad, (double)(now_us() - c->started) / 1e6,
		 (long long)c->cell->limit_s, c->now);
	v->drawn++;
}

void view_tick(struct view *v)
{
	if (v->mode != VIEW_TTY)
		return;
	view_clear(v);
	for (size_t i = 0; i < v->n; i++)
		if (v->cells[i].running)
			draw_cell(v, &v->cells[i]);
	fflush(stderr);
}

static int to_stdout(void *arg, const char *data, size_t n)
{
	return fwrite(data, 1, n, stdout) == n ? 0 : -EIO;
}

static void begin_json(struct jsonw *w, const struct cell *c, const char *event)
{
	jsonw_init(w, (struct sink){.write = to_stdout}, false);
	jsonw_begin_object(w, NULL);
	jsonw_string(w, "event", event);
	jsonw_string(w, "role", c->role);
	jsonw_string(w, "lane", c->lane);
	jsonw_string(w, "scenario", c->scenario);
	if (c->parts > 1) {
		jsonw_uint(w, "part", (uint64_t)c->part);
		jsonw_uint(w, "parts", (uint64_t)c->parts);
	}
}

static void end_json(struct jsonw *w)
{
	jsonw_end_object(w);
	jsonw_finish(w);
	fflush(stdout);
}

static void put_json(const struct cell *c, const char *event, const char *key, const char *text)
{
	struct jsonw w;

	begin_json(&w, c, event);
	if (text)
		jsonw_string(&w, key, text);
	end_json(&w);
}

static void put_json_result(const struct cell *c, const struct progress *p)
{
	struct jsonw w;

	begin_json(&w, c, "result");
	jsonw_string(&w, "name", p->text);
	jsonw_uint(&w, "attempt", p->i);
	jsonw_string(&w, "verdict", verdict_name(p->verdict));
	if (*p->more)
		jsonw_string(&w, "reason", p->more);
	end_json(&w);
}

void view_started(struct view *v, size_t i)
{
	struct view_cell *c = &v->cells[i];
	char name[120];

	c->running = true;
	c->started = now_us();
	snprintf(c->now, sizeof(c->now), "starting");
	label(c->cell, name, sizeof(name));
	if (v->mode == VIEW_PLAIN)
		put_line(0, "%s: started", name);
	else if (v->mode == VIEW_JSON)
		put_json(c->cell, "cell-start", "kernel", c->cell->kernel);
	view_tick(v);
}

static void show_result(struct view *v, struct view_cell *c, const struct progress *p)
{
	char name[120], attempt[40] = "";

	verdict_tally_add(p->i > 1 ? &c->again : &c->tally, p->verdict);
	if (p->i > 1)
		snprintf(attempt, sizeof(attempt), " (attempt %u)", p->i);
	label(c->cell, name, sizeof(name));
	if (v->mode == VIEW_JSON) {
		put_json_result(c->cell, p);
		return;
	}
	if (p->verdict == VERDICT_PASS || v->mode == VIEW_QUIET)
		return;
	view_clear(v);
	if (v->color)
		fprintf(stderr, "\033[%sm%-8s\033[0m", colors[p->verdict],
			verdict_name(p->verdict));
	else
		fprintf(stderr, "%-8s", verdict_name(p->verdict));
	put_line(v->mode == VIEW_TTY ? columns() - 10 : 0, " %s %s%s%s%s", name, p->text, attempt,
		 *p->more ? ": " : "", p->more);
}

void view_progress(struct view *v, size_t i, const struct progress *p)
{
	struct view_cell *c = &v->cells[i];

	switch (p->kind) {
	case PROGRESS_BOOT:
		c->boots++;
		snprintf(c->now, sizeof(c->now), "booting (%s)", p->text);
		if (v->mode == VIEW_JSON)
			put_json(c->cell, "boot", "why", p->text);
		break;
	case PROGRESS_HELLO:
		snprintf(c->now, sizeof(c->now), "up: %s", p->text);
		if (v->mode == VIEW_JSON)
			put_json(c->cell, "hello", "facts", p->text);
		break;
	case PROGRESS_BEGIN:
		c->i = p->i;
		c->n = p->n;
		snprintf(c->now, sizeof(c->now), "%s", p->text);
		break;
	case PROGRESS_RESULT:
		show_result(v, c, p);
		break;
	case PROGRESS_END:
		break;
	}
}

static void put_counts(const struct verdict_tally *t, const char *before, struct strbuf *sb)
{
	for (int k = 0; k < VERDICT_COUNT; k++) {
		if (!t->n[k])
			continue;
		strbuf_addf(sb, "%s%u %s", before, t->n[k], verdict_name((enum verdict)k));
		before = ", ";
	}
}

void view_ended(struct view *v, size_t i, const char *problem)
{
	_cleanup_(strbuf_release) struct strbuf counts = STRBUF_INIT(400);
	struct view_cell *c = &v->cells[i];
	char name[120];

	c->running = false;
	label(c->cell, name, sizeof(name));
	if (v->mode == VIEW_JSON) {
		put_json(c->cell, "cell-end", "problem", problem);
		return;
	}
	if (v->mode == VIEW_QUIET)
		return;
	put_counts(&c->tally, "", &counts);
	put_counts(&c->again, "; asked again: ", &counts);
	view_clear(v);
	put_line(0, "%-36s %s in %.1f s, %u boot%s%s%s", name,
		 counts.len ? strbuf_str(&counts) : "no results",
		 (double)(now_us() - c->started) / 1e6, c->boots, c->boots == 1 ? "" : "s",
		 problem ? ": " : "", problem ? problem : "");
}
