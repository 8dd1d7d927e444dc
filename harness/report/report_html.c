/* SPDX-License-Identifier: MIT */
#include "report/report_html.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/deadline.h"
#include "base/sha256.h"
#include "report/report_attempts.h"
#include "report/report_expected.h"
#include "report/report_formats.h"
#include "report/report_profiles.h"
#include "wire/escape.h"

void html_text(struct report_ctx *ctx, const char *text)
{
	report_put(ctx, ESCAPE_MARKUP, text);
}

void html_line(struct report_ctx *ctx, const char *text)
{
	report_put(ctx, ESCAPE_MARKUP | ESCAPE_ONE_LINE, text);
}

void html_verdict(struct report_ctx *ctx, enum verdict v)
{
	report_printf(ctx, "<b class=\"v %s\">%s</b>", verdict_name(v), verdict_name(v));
}

void html_word(struct report_ctx *ctx, const struct report_result *r)
{
	report_printf(ctx, "<b class=\"v %s\">%s</b>", report_word(r), report_word(r));
}

static unsigned int hex_digit(char c)
{
	return (unsigned int)(c <= '9' ? c - '0' : c - 'a' + 10);
}

/* The script's hash as a content policy wants it: base64 of the digest. */
static void put_script_hash(struct report_ctx *ctx)
{
	static const char alphabet[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	unsigned char digest[33] = {0};
	char hex[65];

	data_sha256(report_html_script, strlen(report_html_script), hex);
	for (int i = 0; i < 32; i++)
		digest[i] = (unsigned char)(hex_digit(hex[2 * i]) << 4 | hex_digit(hex[2 * i + 1]));
	for (int i = 0; i < 33; i += 3) {
		unsigned int bits = (unsigned int)digest[i] << 16 |
				    (unsigned int)digest[i + 1] << 8 | digest[i + 2];

		for (int j = 3; j >= 0; j--)
			report_printf(ctx, "%c",
				      i == 30 && j == 0 ? '=' : alphabet[bits >> (6 * j) & 63]);
	}
}

static bool has_both(const struct report_ctx *ctx)
{
	return ctx->model->has_kut && ctx->model->has_reference;
}

static void put_headline(struct report_ctx *ctx)
{
	const struct verdict_tally *t = &ctx->model->total; /* of the only kernel, where used */

	if (!has_both(ctx))
		report_printf(ctx, "%u of %u pass", t->n[VERDICT_PASS], verdict_tally_total(t));
	else if (ctx->gaps->n_gaps)
		report_printf(ctx, "%zu gap%s", ctx->gaps->n_gaps,
			      ctx->gaps->n_gaps == 1 ? "" : "s");
	else
		report_printf(ctx, "No gaps");
}

static void put_head(struct report_ctx *ctx)
{
	report_printf(ctx,
		      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
		      "<meta name=\"viewport\" content=\"width=device-width,"
		      " initial-scale=1\"/>\n<meta name=\"color-scheme\" content=\"light dark\"/>\n"
		      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none';"
		      " style-src 'unsafe-inline'; script-src 'sha256-");
	put_script_hash(ctx);
	report_printf(ctx, "'; base-uri 'none'; form-action 'none'\"/>\n<title>");
	put_headline(ctx);
	report_printf(ctx,
		      " \u00b7 harness</title>\n<style>%s</style>\n</head>\n<body>\n"
		      "<a class=\"jump\" href=\"#main\">Skip to the results</a>\n",
		      report_html_style);
}

static const char *kernel_of(const struct report_model *m, bool kut)
{
	for (size_t i = 0; i < m->n_cells; i++)
		if (report_is_kut(&m->cells[i]) == kut)
			return m->cells[i].cell.kernel;
	return "";
}

static const char *fact_of_side(const struct report_model *m, bool kut, const char *key)
{
	for (size_t i = 0; i < m->n_cells; i++) {
		const char *value = NULL;

		if (report_is_kut(&m->cells[i]) == kut)
			value = report_boot_fact(&m->cells[i], key, NULL);
		if (value)
			return value;
	}
	return NULL;
}

static void put_kernel(struct report_ctx *ctx, bool kut)
{
	const struct report_model *m = ctx->model;
	const char *release = fact_of_side(m, kut, "hello.release");
	const char *accel = fact_of_side(m, kut, "accel");
	const char *sha = kut ? report_fact(&m->facts, "kernel.sha256") : NULL;

	report_printf(ctx, "<div><dt>%s</dt><dd><code>", kut ? "Kernel under test" : "Reference");
	html_line(ctx, kernel_of(m, kut));
	report_printf(ctx, "</code> <span class=\"muted\">");
	html_line(ctx, release ? release : "never said hello");
	if (accel)
		report_printf(ctx, " \u00b7 ");
	html_line(ctx, accel);
	report_printf(ctx, "</span>");
	if (sha) {
		report_printf(ctx, "<br/><small class=\"muted\">sha256 <code>");
		html_line(ctx, sha);
		report_printf(ctx, "</code></small>");
	}
	report_printf(ctx, "</dd></div>\n");
}

static void put_when(struct report_ctx *ctx)
{
	const char *begin = report_fact(&ctx->model->facts, "begin.wall_us");
	const char *host = report_fact(&ctx->model->facts, "host.name");
	const char *cpus = report_fact(&ctx->model->facts, "host.cpus");
	time_t at = begin ? (time_t)(strtoull(begin, NULL, 10) / SEC) : 0;
	char text[40], time[32];
	struct tm tm;

	report_printf(ctx, "<div><dt>Run</dt><dd>%s, %s", ctx->model->state,
		      report_duration(ctx->model->end_us, time, sizeof(time)));
	if (begin && gmtime_r(&at, &tm) && strftime(text, sizeof(text), "%Y-%m-%d %H:%M UTC", &tm))
		report_printf(ctx, " <span class=\"muted\">from %s</span>", text);
	report_printf(ctx, " <span class=\"muted\">on ");
	html_line(ctx, host ? host : "a host");
	report_printf(ctx, "%s", cpus ? ", CPUs: " : "");
	html_line(ctx, cpus);
	report_printf(ctx, "</span></dd></div>\n");
}

/* The verdicts that the page is about: the kernel under test's where there is one. */
static struct verdict_tally tally_of(const struct report_model *m)
{
	struct verdict_tally t = {{0}};

	for (size_t i = 0; i < m->n_cells; i++)
		for (int v = 0; v < VERDICT_COUNT; v++)
			if (report_is_kut(&m->cells[i]) == m->has_kut)
				t.n[v] += m->cells[i].tally.n[v];
	for (size_t i = 0; i < m->n_cells; i++)
		if (report_is_kut(&m->cells[i]) == m->has_kut)
			t.flaky += m->cells[i].tally.flaky;
	return t;
}

/* How the verdicts share the whole; the figures stand in the legend. */
static void put_bar(struct report_ctx *ctx)
{
	const struct verdict_tally tally = tally_of(ctx->model), *t = &tally;

	if (!verdict_tally_total(t))
		return;
	report_printf(ctx, "<div class=\"bar\" aria-hidden=\"true\">");
	for (int v = 0; v < VERDICT_COUNT; v++)
		if (t->n[v])
			report_printf(ctx, "<span class=\"%s\" style=\"flex-grow:%u\"></span>",
				      verdict_name((enum verdict)v), t->n[v]);
	if (t->flaky)
		report_printf(ctx, "<span class=\"flaky\" style=\"flex-grow:%u\"></span>",
			      t->flaky);
	report_printf(ctx, "</div>\n<ul class=\"legend\">");
	for (int v = 0; v < VERDICT_COUNT; v++)
		if (t->n[v])
			report_printf(ctx, "<li><b class=\"v %s\">%s</b> %u</li>",
				      verdict_name((enum verdict)v), verdict_name((enum verdict)v),
				      t->n[v]);
	if (t->flaky)
		report_printf(ctx, "<li><b class=\"v flaky\">flaky</b> %u</li>", t->flaky);
	report_printf(ctx, "</ul>\n");
}

static void put_over(struct report_ctx *ctx)
{
	const struct report_model *m = ctx->model;

	for (size_t i = 0; i < m->n_expected; i++) {
		_autofree_ char *text = report_expected_over_text(&m->expected[i]);

		if (!m->expected[i].over || !m->expected[i].cases)
			continue;
		report_printf(ctx, "<p class=\"note\">Known failure past its day: ");
		html_line(ctx, text);
		report_printf(ctx, "</p>\n");
	}
}

static void put_notes(struct report_ctx *ctx)
{
	size_t at = 0;

	if (strcmp(ctx->model->state, "interrupted") == 0)
		report_printf(ctx,
			      "<p class=\"note\">The run was interrupted: this page shows what was"
			      " recorded until then.</p>\n");
	if (strcmp(ctx->model->state, "running") == 0)
		report_printf(ctx,
			      "<p class=\"note\">The run goes on: this page shows what was recorded"
			      " until now.</p>\n");
	for (const char *note; (note = report_next_note(ctx->model, &at));) {
		report_printf(ctx, "<p class=\"note\">");
		html_line(ctx, note);
		report_printf(ctx, "</p>\n");
	}
}

static void put_lead(struct report_ctx *ctx)
{
	report_printf(ctx, "<p class=\"lead\">");
	if (has_both(ctx) && ctx->gaps->n_gaps)
		report_printf(ctx, "pass on the reference, not on the kernel under test");
	else if (has_both(ctx))
		report_printf(ctx, "What passes on the reference and can be compared passes on the"
				   " kernel under test");
	else
		report_printf(ctx, "%s",
			      ctx->model->has_kut
				      ? "on the kernel under test, without a reference beside it"
				      : "on the reference kernel");
	if (ctx->gaps->n_unstable)
		report_printf(ctx, "; <a href=\"#unstable\">%zu unstable on the reference</a>",
			      ctx->gaps->n_unstable);
	if (ctx->gaps->n_not_comparable)
		report_printf(ctx, "; <a href=\"#doubts\">%zu not comparable</a>",
			      ctx->gaps->n_not_comparable);
	report_printf(ctx, "</p>\n");
}

static void put_header(struct report_ctx *ctx)
{
	const char *version = report_fact(&ctx->model->facts, "version");

	report_printf(ctx, "<header><p class=\"brand\">harness ");
	html_line(ctx, version);
	report_printf(ctx, "</p>\n<h1>");
	put_headline(ctx);
	report_printf(ctx, "</h1>\n");
	put_lead(ctx);
	put_notes(ctx);
	put_over(ctx);
	put_bar(ctx);
	report_printf(ctx, "<dl class=\"key\">\n");
	if (ctx->model->has_kut)
		put_kernel(ctx, true);
	if (ctx->model->has_reference)
		put_kernel(ctx, false);
	put_when(ctx);
	report_printf(
		ctx,
		"</dl>\n</header>\n<p class=\"filter\" hidden=\"hidden\"><label for=\"q\">Filter"
		"</label> <input id=\"q\" type=\"search\" autocomplete=\"off\""
		" placeholder=\"name, verdict or words\"/> <output id=\"hits\"></output></p>\n");
}

static void put_list(struct report_ctx *ctx, const char *id, const char *heading,
		     const struct report_list *l)
{
	if (!l->n)
		return;
	report_printf(ctx, "<section id=\"%s\"><h2>%s <span class=\"count\">%zu</span></h2>\n", id,
		      heading, l->n);
	html_cases(ctx, l, true);
	report_printf(ctx, "</section>\n");
}

static void put_doubt(void *arg, const struct report_doubts *d)
{
	struct report_ctx *ctx = arg;

	report_printf(ctx,
		      "<details class=\"fold\"><summary>%s <span class=\"count\">%zu</span>"
		      "</summary><p class=\"names\">",
		      d->why, d->n);
	for (size_t i = 0; i < d->n; i++) {
		report_printf(ctx, "<code>");
		html_line(ctx, report_pair_name(d->pairs[i]));
		report_printf(ctx, "</code> ");
	}
	report_printf(ctx, "</p></details>\n");
}

static void put_doubts(struct report_ctx *ctx)
{
	if (!ctx->gaps->n_not_comparable)
		return;
	report_printf(ctx,
		      "<section id=\"doubts\"><h2>Not comparable <span class=\"count\">%zu</span>"
		      "</h2>\n<p class=\"muted\">Seen on one side only, or in doubt: counted as"
		      " nothing, never as a pass.</p>\n",
		      ctx->gaps->n_not_comparable);
	report_each_doubt(ctx->gaps, put_doubt, ctx);
	report_printf(ctx, "</section>\n");
}

static void put_profile(void *arg, const struct report_profile *p)
{
	struct report_ctx *ctx = arg;
	_autofree_ char *text = report_profile_text(p);

	report_printf(ctx, "<li class=\"%s\">", report_profile_state(p));
	html_line(ctx, text);
	report_printf(ctx, "</li>\n");
}

static void put_profiles(struct report_ctx *ctx)
{
	if (!report_has_profiles(ctx->model, ctx->gaps))
		return;
	report_printf(ctx, "<section id=\"machines\"><h2>Machines</h2>\n<ul>\n");
	report_each_profile(ctx->model, ctx->gaps, put_profile, ctx);
	report_printf(ctx, "</ul>\n</section>\n");
}

static void put_cell_row(struct report_ctx *ctx, const struct report_cell *c)
{
	_autofree_ char *title = report_cell_title(c);
	char time[32];

	report_printf(ctx, "<tr><th scope=\"row\">");
	html_line(ctx, title);
	report_printf(ctx, "</th>");
	for (int v = 0; v < VERDICT_COUNT; v++) {
		if (!ctx->model->total.n[v] && v != VERDICT_PASS)
			continue;
		report_printf(ctx, "<td class=\"n %s\">%u</td>",
			      c->tally.n[v] ? verdict_name((enum verdict)v) : "zero",
			      c->tally.n[v]);
	}
	if (ctx->model->total.flaky)
		report_printf(ctx, "<td class=\"n %s\">%u</td>", c->tally.flaky ? "flaky" : "zero",
			      c->tally.flaky);
	report_printf(ctx,
		      "<td class=\"n %s\">%u</td><td class=\"n\">%s</td><td class=\"n\">%zu</td>"
		      "</tr>\n",
		      c->missing ? "lost" : "zero", c->missing,
		      report_duration(c->end_us - c->begin_us, time, sizeof(time)), c->n_boots);
}

static void put_side(struct report_ctx *ctx, bool kut, unsigned int columns)
{
	const struct report_model *m = ctx->model;

	if (kut ? !m->has_kut : !m->has_reference)
		return;
	report_printf(ctx,
		      "<tbody><tr class=\"group\"><th scope=\"rowgroup\" colspan=\"%u\">%s</th>"
		      "</tr>\n",
		      columns, kut ? "Kernel under test" : "Reference");
	for (size_t i = 0; i < m->n_cells; i++)
		if (report_is_kut(&m->cells[i]) == kut)
			put_cell_row(ctx, &m->cells[i]);
	report_printf(ctx, "</tbody>\n");
}

static void put_matrix(struct report_ctx *ctx)
{
	unsigned int columns = 4;

	report_printf(ctx, "<section id=\"cells\"><h2>Cells</h2>\n<div class=\"scroll\">"
			   "<table class=\"matrix\"><thead><tr><th scope=\"col\">cell</th>");
	for (int v = 0; v < VERDICT_COUNT; v++) {
		if (!ctx->model->total.n[v] && v != VERDICT_PASS)
			continue;
		report_printf(ctx, "<th scope=\"col\" class=\"n\">%s</th>",
			      verdict_name((enum verdict)v));
		columns++;
	}
	if (ctx->model->total.flaky) {
		report_printf(ctx, "<th scope=\"col\" class=\"n\">flaky</th>");
		columns++;
	}
	report_printf(ctx,
		      "<th scope=\"col\" class=\"n\">missing</th><th scope=\"col\" class=\"n\">"
		      "time</th><th scope=\"col\" class=\"n\">boots</th></tr></thead>\n");
	put_side(ctx, true, columns);
	put_side(ctx, false, columns);
	report_printf(ctx, "</table></div></section>\n");
}

static void put_lists(struct report_ctx *ctx)
{
	struct report_list gaps = report_list_gaps(ctx->gaps);
	struct report_list problems = report_list_problems(ctx->model, ctx->gaps);
	struct report_list flaky = report_list_flaky(ctx->model, ctx->gaps);
	struct report_list unstable = report_list_unstable(ctx->gaps);
	struct report_list known = report_list_of(ctx->model, VERDICT_XFAIL);
	struct report_list skipped = report_list_of(ctx->model, VERDICT_SKIP);

	put_list(ctx, "gaps", "Gaps", &gaps);
	put_profiles(ctx);
	put_list(ctx, "problems", gaps.n ? "Problems that are no gap" : "Problems", &problems);
	put_list(ctx, "flaky", "Flaky: passed in some of the attempts", &flaky);
	put_list(ctx, "unstable", "Unstable on the reference, and so no gap", &unstable);
	put_doubts(ctx);
	put_matrix(ctx);
	put_list(ctx, "known", "Known failures", &known);
	put_list(ctx, "skipped", "Skipped", &skipped);
	report_list_release(&gaps);
	report_list_release(&problems);
	report_list_release(&flaky);
	report_list_release(&unstable);
	report_list_release(&known);
	report_list_release(&skipped);
}

static int write_html(struct report_ctx *ctx, struct err *err)
{
	int r;

	put_head(ctx);
	put_header(ctx);
	report_printf(ctx, "<main id=\"main\">\n");
	put_lists(ctx);
	report_printf(ctx, "<section id=\"all\"><h2>Every case</h2>\n");
	r = html_all_cases(ctx, err);
	report_printf(ctx, "</section>\n");
	html_metrics(ctx);
	html_boots(ctx);
	html_facts(ctx);
	report_printf(ctx, "</main>\n<script>%s</script>\n</body>\n</html>\n", report_html_script);
	return r;
}

const struct report_ops report_html = {
	.name = "html",
	.help = "one page that needs nothing else: causes, console lines, boots",
	.extension = "html",
	.write = write_html,
};
