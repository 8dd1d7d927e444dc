/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/xalloc.h"
#include "report/report_attempts.h"
#include "report/report_expected.h"
#include "report/report_formats.h"
#include "report/report_list.h"
#include "report/report_profiles.h"
#include "report/report_walk.h"
#include "wire/escape.h"

#define INDENT		  10
#define DETAIL_LINES	  8
#define ALSO_NAMES	  40
#define SHORT_SHA	  12
#define FLAKY_COLOR	  "33"
#define FLAKY_WIDTH	  6
#define NARROWEST	  40
#define WIDTH_WITHOUT_TTY 100

static const char *const colors[VERDICT_COUNT] = {
	[VERDICT_PASS] = "32",	  [VERDICT_SKIP] = "2",	 [VERDICT_XFAIL] = "33",
	[VERDICT_XPASS] = "31",	  [VERDICT_FAIL] = "31", [VERDICT_TIMEOUT] = "31",
	[VERDICT_CRASH] = "1;31", [VERDICT_LOST] = "35", [VERDICT_BROKEN] = "35",
};

static void color(struct report_ctx *ctx, const char *code)
{
	if (ctx->opts->color)
		report_printf(ctx, "\033[%sm", code);
}

static size_t width_of(struct report_ctx *ctx)
{
	struct winsize ws = {0};
	int width = ctx->opts->width;

	if (!width && isatty(fileno(ctx->out)) && ioctl(fileno(ctx->out), TIOCGWINSZ, &ws) == 0)
		width = ws.ws_col;
	if (!width)
		width = WIDTH_WITHOUT_TTY;
	return (size_t)(width < NARROWEST ? NARROWEST : width);
}

/* Words of a harmless text, broken at spaces to fit; a longer word stands alone, whole. */
static void put_wrapped(struct report_ctx *ctx, const char *text, size_t indent)
{
	size_t room = width_of(ctx) - indent - 1;

	while (*text) {
		size_t fit = utf8_fit(text, room), cut = fit;

		if (text[fit]) {
			while (cut && text[cut] != ' ')
				cut--;
			if (!cut)
				cut = fit + strcspn(text + fit, " ");
		}
		report_printf(ctx, "%*s%.*s\n", (int)indent, "", (int)cut, text);
		text += cut;
		text += strspn(text, " ");
	}
}

static void put_label(struct report_ctx *ctx, const char *label, const char *text)
{
	_autofree_ char *plain = escape_dup(ESCAPE_TEXT | ESCAPE_ONE_LINE, text);

	report_printf(ctx, "%*s", INDENT, "");
	color(ctx, "2");
	report_printf(ctx, "%-9s", label);
	color(ctx, "0");
	report_printf(ctx, "%s\n", plain);
}

static void put_heading(struct report_ctx *ctx, const char *text)
{
	report_printf(ctx, "\n");
	color(ctx, "1");
	report_printf(ctx, "%s", text);
	color(ctx, "0");
	report_printf(ctx, "\n");
}

/* A short fact: at most max bytes of it. */
static void put_plain(struct report_ctx *ctx, const char *before, const char *text, size_t max)
{
	_autofree_ char *head = xstrndup(text, max);

	report_printf(ctx, "%s", before);
	report_put(ctx, ESCAPE_TEXT | ESCAPE_ONE_LINE, head);
}

static void put_kernel(struct report_ctx *ctx, const char *label, bool kut)
{
	const char *sha = kut ? report_fact(&ctx->model->facts, "kernel.sha256") : NULL;

	for (size_t i = 0; i < ctx->model->n_cells; i++) {
		const struct report_cell *c = &ctx->model->cells[i];

		if (report_is_kut(c) != kut)
			continue;
		report_printf(ctx, "  %-10s ", label);
		report_put(ctx, ESCAPE_TEXT | ESCAPE_ONE_LINE, c->cell.kernel);
		if (sha)
			put_plain(ctx, "  sha256 ", sha, SHORT_SHA);
		report_printf(ctx, "\n");
		return;
	}
}

static void put_head(struct report_ctx *ctx)
{
	const struct report_model *m = ctx->model;
	const char *version = report_fact(&m->facts, "version");
	const char *cpus = report_fact(&m->facts, "host.cpus");
	char time[32];

	color(ctx, "1");
	put_plain(ctx, "harness ", version ? version : "", 40);
	color(ctx, "0");
	report_printf(ctx, "  %s, %s", m->state, report_duration(m->end_us, time, sizeof(time)));
	if (cpus)
		put_plain(ctx, ", host CPUs: ", cpus, 8);
	report_printf(ctx, "\n");
	put_kernel(ctx, "kernel", true);
	put_kernel(ctx, "reference", false);
	if (strcmp(m->state, "finished") != 0) {
		color(ctx, "35");
		put_wrapped(ctx,
			    strcmp(m->state, "running") == 0
				    ? "The run goes on: this is what was recorded until now."
				    : "The run was interrupted: this is what was recorded until "
				      "then.",
			    2);
		color(ctx, "0");
	}
}

static void put_notes(struct report_ctx *ctx)
{
	size_t at = 0;

	for (const char *note; (note = report_next_note(ctx->model, &at));) {
		report_printf(ctx, "  note: ");
		report_put(ctx, ESCAPE_TEXT | ESCAPE_ONE_LINE, note);
		report_printf(ctx, "\n");
	}
}

static bool shown(const struct report_model *m, enum verdict v)
{
	return v == VERDICT_PASS || v == VERDICT_FAIL || m->total.n[v];
}

static unsigned int missing_of(const struct report_model *m)
{
	unsigned int n = 0;

	for (size_t i = 0; i < m->n_cells; i++)
		n += m->cells[i].missing;
	return n;
}

/* Columns of a verdict's figures: its name or 99999, and a space. */
static int figure_width(enum verdict v)
{
	int n = (int)strlen(verdict_name(v));

	return (n > 5 ? n : 5) + 1;
}

/* Columns left for the name of a cell beside the figures. */
static size_t title_width(struct report_ctx *ctx)
{
	const struct report_model *m = ctx->model;
	size_t figures = 2 + 10 + 6, longest = 4, room;

	for (int v = 0; v < VERDICT_COUNT; v++)
		if (shown(m, (enum verdict)v))
			figures += (size_t)figure_width((enum verdict)v);
	if (m->total.flaky)
		figures += FLAKY_WIDTH;
	if (missing_of(m))
		figures += 8;
	for (size_t i = 0; i < m->n_cells; i++) {
		_autofree_ char *title = report_cell_title(&m->cells[i]);

		if (utf8_columns(title) > longest)
			longest = utf8_columns(title);
	}
	room = width_of(ctx) > figures + 20 ? width_of(ctx) - figures : 20;
	return longest < room ? longest : room;
}

static void put_figure(struct report_ctx *ctx, unsigned int n, int width, const char *code)
{
	if (!n) {
		report_printf(ctx, "%*s", width, "-");
		return;
	}
	color(ctx, code);
	report_printf(ctx, "%*u", width, n);
	color(ctx, "0");
}

static void put_row(struct report_ctx *ctx, const struct report_cell *c, size_t width)
{
	_autofree_ char *title = report_cell_title(c);
	_autofree_ char *plain = escape_dup(ESCAPE_TEXT | ESCAPE_ONE_LINE, title);
	char time[32];

	plain[utf8_fit(plain, width)] = '\0';
	report_printf(ctx, "  %s%*s", plain, (int)(width - utf8_columns(plain)), "");
	for (int v = 0; v < VERDICT_COUNT; v++)
		if (shown(ctx->model, (enum verdict)v))
			put_figure(ctx, c->tally.n[v], figure_width((enum verdict)v), colors[v]);
	if (ctx->model->total.flaky)
		put_figure(ctx, c->tally.flaky, FLAKY_WIDTH, FLAKY_COLOR);
	if (missing_of(ctx->model)) {
		color(ctx, c->missing ? "35" : "0");
		report_printf(ctx, "%8u", c->missing);
		color(ctx, "0");
	}
	report_printf(ctx, " %9s %5zu\n",
		      report_duration(c->end_us - c->begin_us, time, sizeof(time)), c->n_boots);
}

static void put_rows(struct report_ctx *ctx, bool kut, size_t width)
{
	if (kut ? !ctx->model->has_kut : !ctx->model->has_reference)
		return;
	color(ctx, "1");
	report_printf(ctx, "%s\n", kut ? "kernel under test" : "reference");
	color(ctx, "0");
	for (size_t i = 0; i < ctx->model->n_cells; i++)
		if (report_is_kut(&ctx->model->cells[i]) == kut)
			put_row(ctx, &ctx->model->cells[i], width);
}

static void put_table(struct report_ctx *ctx)
{
	size_t width = title_width(ctx);

	report_printf(ctx, "\n");
	color(ctx, "2");
	report_printf(ctx, "  %*s", (int)width, "");
	for (int v = 0; v < VERDICT_COUNT; v++)
		if (shown(ctx->model, (enum verdict)v))
			report_printf(ctx, "%*s", figure_width((enum verdict)v),
				      verdict_name((enum verdict)v));
	if (ctx->model->total.flaky)
		report_printf(ctx, "%*s", FLAKY_WIDTH, "flaky");
	if (missing_of(ctx->model))
		report_printf(ctx, "%8s", "missing");
	report_printf(ctx, " %9s %5s\n", "time", "boots");
	color(ctx, "0");
	put_rows(ctx, true, width);
	put_rows(ctx, false, width);
}

static void put_detail(struct report_ctx *ctx, char *plain)
{
	size_t room = width_of(ctx) - INDENT - 3;
	unsigned int n = 0, rest = 0;
	char *save = NULL;

	for (char *line = strtok_r(plain, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		if (n == DETAIL_LINES && !ctx->opts->verbose) {
			rest++;
			continue;
		}
		for (char *p = line; *p; p++)
			if (*p == '\t')
				*p = ' ';
		color(ctx, "2");
		report_printf(ctx, "%*s| ", INDENT, "");
		color(ctx, "0");
		report_printf(ctx, "%.*s\n",
			      ctx->opts->verbose ? (int)strlen(line) : (int)utf8_fit(line, room),
			      line);
		n++;
	}
	if (rest)
		report_printf(ctx, "%*s| %u more lines: --verbose\n", INDENT, "", rest);
}

/* One line that repeats the reason, with the place where it was found. */
static bool says_reason(const char *detail, const char *reason)
{
	const char *eol = strchr(detail, '\n');

	return *reason && strstr(detail, reason) && (!eol || !eol[1]);
}

static void put_cause(struct report_ctx *ctx, const struct report_result *r)
{
	_autofree_ char *detail = report_detail(ctx, r);
	_autofree_ char *plain = escape_dup(ESCAPE_TEXT, detail);
	_autofree_ char *reason = escape_dup(ESCAPE_TEXT | ESCAPE_ONE_LINE, r->reason);

	if (says_reason(plain, reason)) {
		plain[strcspn(plain, "\n")] = '\0';
		put_wrapped(ctx, plain, INDENT);
		return;
	}
	put_wrapped(ctx, *reason ? reason : "(nothing was said)", INDENT);
	put_detail(ctx, plain);
}

/* The others that say the same, by name. */
static void put_also(struct report_ctx *ctx, const struct report_list *l, size_t lead)
{
	struct strbuf sb = STRBUF_INIT(8 << 20);
	_autofree_ char *plain = NULL;
	size_t n = 0;

	if (!l->items[lead].also)
		return;
	strbuf_addf(&sb, "and %zu more with the same words:", l->items[lead].also);
	for (size_t i = lead + 1; i < l->n; i++) {
		if (l->items[i].leader != lead || (n++ >= ALSO_NAMES && !ctx->opts->verbose))
			continue;
		strbuf_addf(&sb, " %s", l->items[i].result->name);
	}
	if (n > ALSO_NAMES && !ctx->opts->verbose)
		strbuf_addstr(&sb, " \u2026");
	plain = escape_dup(ESCAPE_TEXT | ESCAPE_ONE_LINE, strbuf_str(&sb));
	put_wrapped(ctx, plain, INDENT);
	strbuf_release(&sb);
}

static void put_verdict(struct report_ctx *ctx, const struct report_result *r)
{
	color(ctx, r->flaky ? FLAKY_COLOR : colors[r->verdict]);
	report_printf(ctx, "  %-7s", report_word(r));
	color(ctx, "0");
}

static void put_attempt(void *arg, const struct report_attempts *a)
{
	struct report_ctx *ctx = arg;
	_autofree_ char *title = report_attempts_title(a);
	_autofree_ char *line = xasprintf("%s: %s%s%s", title, verdict_name(a->verdict),
					  *a->reason ? ": " : "", a->reason);
	_autofree_ char *plain = escape_dup(ESCAPE_TEXT | ESCAPE_ONE_LINE, line);

	report_printf(ctx, "%*s%.*s\n", INDENT, "",
		      (int)utf8_fit(plain, width_of(ctx) - INDENT - 1), plain);
}

static void put_attempts(struct report_ctx *ctx, const struct report_item *it)
{
	const struct report_result *r = it->result;

	if (r->attempts < 2)
		return;
	if (r->outcomes[r->telling] == r->attempts && !ctx->opts->verbose)
		report_printf(ctx, "%*s%s in each of %u attempts\n", INDENT, "",
			      verdict_name(r->telling), r->attempts);
	else
		report_each_attempts(ctx, it->cell, r, put_attempt, ctx);
}

static void put_wrapped_harmless(struct report_ctx *ctx, const char *text)
{
	_autofree_ char *plain = escape_dup(ESCAPE_TEXT | ESCAPE_ONE_LINE, text);

	put_wrapped(ctx, plain, INDENT);
}

static void put_item(struct report_ctx *ctx, const struct report_list *l, size_t i)
{
	const struct report_item *it = &l->items[i];
	const struct report_result *r = it->result;
	_autofree_ char *title = report_cell_title(it->cell);
	_autofree_ char *where = report_where(it->cell, r);
	_autofree_ char *again = report_again(it->cell, r);

	put_verdict(ctx, r);
	color(ctx, "1");
	report_printf(ctx, " ");
	report_put(ctx, ESCAPE_TEXT | ESCAPE_ONE_LINE, r->name);
	color(ctx, "0");
	color(ctx, "2");
	report_printf(ctx, "  %s", report_is_kut(it->cell) ? "" : "reference \u00b7 ");
	report_put(ctx, ESCAPE_TEXT | ESCAPE_ONE_LINE, title);
	color(ctx, "0");
	report_printf(ctx, "\n");
	put_cause(ctx, r);
	put_attempts(ctx, it);
	if (r->known) {
		_autofree_ char *known = report_expected_text(r);

		put_wrapped_harmless(ctx, known);
	}
	put_also(ctx, l, i);
	if (where && report_has_console(r)) {
		_autofree_ char *path = path_join(ctx->model->dir, where);

		put_label(ctx, "console", path);
	}
	put_label(ctx, "again", again);
}

static void put_list(struct report_ctx *ctx, const char *heading, const struct report_list *l)
{
	if (!l->n)
		return;
	put_heading(ctx, heading);
	for (size_t i = 0; i < l->n; i++)
		if (l->items[i].leader == i)
			put_item(ctx, l, i);
}

struct brief {
	struct report_ctx *ctx;
	enum verdict verdict;
};

static int put_brief(void *arg, const struct report_cell *c, const struct report_result *r)
{
	const struct brief *b = arg;
	_autofree_ char *line = NULL, *plain = NULL;

	if (r->verdict != b->verdict || r->flaky)
		return 0;
	line = xasprintf("%s%s: %s", r->name, report_is_kut(c) ? "" : " (reference)", r->reason);
	plain = escape_dup(ESCAPE_TEXT | ESCAPE_ONE_LINE, line);
	report_printf(b->ctx, "  %.*s\n", (int)utf8_fit(plain, width_of(b->ctx) - 3), plain);
	return 0;
}

/* One line each: name and reason. */
static int put_short(struct report_ctx *ctx, const char *heading, enum verdict v, struct err *err)
{
	struct brief b = {ctx, v};
	int r = 0;

	if (!ctx->model->total.n[v])
		return 0;
	put_heading(ctx, heading);
	for (size_t i = 0; r == 0 && i < ctx->model->n_cells; i++)
		r = report_each_case(ctx, &ctx->model->cells[i], put_brief, &b, err);
	return r;
}

static void put_doubt(void *arg, const struct report_doubts *d)
{
	struct report_ctx *ctx = arg;
	struct strbuf sb = STRBUF_INIT(8 << 20);
	_autofree_ char *plain = NULL;
	size_t n = 0;

	strbuf_addf(&sb, "%zu %s:", d->n, d->why);
	for (; n < d->n && (n < ALSO_NAMES || ctx->opts->verbose); n++)
		strbuf_addf(&sb, " %s", report_pair_name(d->pairs[n]));
	if (n < d->n)
		strbuf_addstr(&sb, " \u2026");
	plain = escape_dup(ESCAPE_TEXT | ESCAPE_ONE_LINE, strbuf_str(&sb));
	put_wrapped(ctx, plain, 2);
	strbuf_release(&sb);
}

static void put_gaps(struct report_ctx *ctx)
{
	struct report_list gaps = report_list_gaps(ctx->gaps);
	_autofree_ char *heading =
		xasprintf("Gaps: %zu pass on the reference, not on the kernel under test", gaps.n);

	put_list(ctx, heading, &gaps);
	report_list_release(&gaps);
	if (!ctx->gaps->n_not_comparable)
		return;
	put_heading(ctx, "Not comparable, and so no pass");
	report_each_doubt(ctx->gaps, put_doubt, ctx);
}

static void put_profile(void *arg, const struct report_profile *p)
{
	_autofree_ char *line = report_profile_text(p);
	_autofree_ char *plain = escape_dup(ESCAPE_TEXT | ESCAPE_ONE_LINE, line);

	put_wrapped(arg, plain, 2);
}

/* Which machines are open to this kernel. */
static void put_profiles(struct report_ctx *ctx)
{
	if (!report_has_profiles(ctx->model, ctx->gaps))
		return;
	put_heading(ctx, "Machines");
	report_each_profile(ctx->model, ctx->gaps, put_profile, ctx);
}

/* One known failure: what was seen, and who knows of it until when. */
static void put_known(struct report_ctx *ctx)
{
	struct report_list l = report_list_of(ctx->model, VERDICT_XFAIL);

	if (l.n)
		put_heading(ctx, "Known failures");
	for (size_t i = 0; i < l.n; i++) {
		const struct report_result *r = l.items[i].result;
		_autofree_ char *known = report_expected_text(r);
		_autofree_ char *line =
			xasprintf("%s%s: %s", r->name,
				  report_is_kut(l.items[i].cell) ? "" : " (reference)", r->reason);
		_autofree_ char *plain = escape_dup(ESCAPE_TEXT | ESCAPE_ONE_LINE, line);

		report_printf(ctx, "  %.*s\n", (int)utf8_fit(plain, width_of(ctx) - 3), plain);
		if (*known)
			put_wrapped_harmless(ctx, known);
	}
	report_list_release(&l);
}

static void put_over(struct report_ctx *ctx)
{
	const struct report_model *m = ctx->model;

	if (m->n_over)
		put_heading(ctx, "Known failures past their day, which count no more");
	for (size_t i = 0; i < m->n_expected; i++) {
		_autofree_ char *text = report_expected_over_text(&m->expected[i]);

		if (!m->expected[i].over || !m->expected[i].cases)
			continue;
		report_printf(ctx, "  ");
		report_put(ctx, ESCAPE_TEXT | ESCAPE_ONE_LINE, text);
		report_printf(ctx, "\n");
	}
}

/* Flaky ones and those unstable on the reference: told in full, decide nothing. */
static void put_unsteady(struct report_ctx *ctx)
{
	struct report_list flaky = report_list_flaky(ctx->model, ctx->gaps);
	struct report_list unstable = report_list_unstable(ctx->gaps);
	_autofree_ char *heading =
		xasprintf("Flaky: %zu passed in some of the attempts, not in all", flaky.n);

	put_list(ctx, heading, &flaky);
	put_list(ctx, "Unstable on the reference, and so no gap", &unstable);
	report_list_release(&flaky);
	report_list_release(&unstable);
}

static void put_compared(struct report_ctx *ctx)
{
	const struct report_gaps *g = ctx->gaps;

	if (!ctx->model->has_kut || !ctx->model->has_reference)
		return;
	report_printf(ctx, "%zu gap%s", g->n_gaps, g->n_gaps == 1 ? "" : "s");
	if (g->n_unstable)
		report_printf(ctx, ", %zu unstable on the reference", g->n_unstable);
	if (g->n_not_comparable)
		report_printf(ctx, ", %zu not comparable", g->n_not_comparable);
	report_printf(ctx, "; ");
}

static void put_summary(struct report_ctx *ctx)
{
	const struct report_model *m = ctx->model;
	const char *comma = "";

	report_printf(ctx, "\n");
	color(ctx, "1");
	put_compared(ctx);
	color(ctx, "0");
	for (int v = 0; v < VERDICT_COUNT; v++) {
		if (!m->total.n[v])
			continue;
		report_printf(ctx, "%s%u %s", comma, m->total.n[v], verdict_name((enum verdict)v));
		comma = ", ";
	}
	if (m->total.flaky)
		report_printf(ctx, "%s%u flaky", comma, m->total.flaky);
	if (missing_of(m))
		report_printf(ctx, "%s%u missing", comma, missing_of(m));
	else if (!verdict_tally_total(&m->total))
		report_printf(ctx, "nothing was run");
	report_printf(ctx, "\n");
}

static double metric(const struct report_cell *c, const char *name)
{
	const struct report_metric *m = report_metric(c, name);

	return m ? m->value : 0;
}

/* What harness mutate was asked for. */
static void put_mutation(struct report_ctx *ctx)
{
	for (size_t i = 0; i < ctx->model->n_cells; i++) {
		const struct report_cell *c = &ctx->model->cells[i];

		if (!report_metric(c, "mutation_score"))
			continue;
		color(ctx, "1");
		report_printf(ctx, "mutation score %.3f", metric(c, "mutation_score"));
		color(ctx, "0");
		report_printf(ctx,
			      ": %.0f of %.0f lies noticed, %.0f of the others listed with a "
			      "reason; %.0f more made a set-up broken, %.0f met no call\n",
			      metric(c, "mutants_noticed"),
			      metric(c, "mutants_noticed") + metric(c, "mutants_survived"),
			      metric(c, "survivors_listed"), metric(c, "mutants_breaking_setup"),
			      metric(c, "mutants_not_made"));
	}
}

static int write_text(struct report_ctx *ctx, struct err *err)
{
	struct report_list problems = report_list_problems(ctx->model, ctx->gaps);
	bool both = ctx->model->has_kut && ctx->model->has_reference;
	int r = 0;

	put_head(ctx);
	put_notes(ctx);
	put_table(ctx);
	put_gaps(ctx);
	put_profiles(ctx);
	put_list(ctx, both ? "Problems that are no gap" : "Problems", &problems);
	put_unsteady(ctx);
	put_over(ctx);
	put_known(ctx);
	if (ctx->opts->verbose)
		r = put_short(ctx, "Skipped", VERDICT_SKIP, err);
	if (ctx->opts->verbose && r == 0)
		r = put_short(ctx, "Passed", VERDICT_PASS, err);
	put_summary(ctx);
	put_mutation(ctx);
	report_list_release(&problems);
	return r;
}

const struct report_ops report_text = {
	.name = "text",
	.help = "a table and what to do about each failure, for a terminal",
	.extension = "txt",
	.write = write_text,
};
