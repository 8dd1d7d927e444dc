/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/deadline.h"
#include "report/report_attempts.h"
#include "report/report_expected.h"
#include "report/report_html.h"
#include "report/report_walk.h"
#include "wire/escape.h"

/* A page that nobody can open helps nobody: past this many cases the log is named, not shown. */
#define MAX_EXCERPTS 300
#define CONTEXT	     8
#define CASE_LINES   40

struct excerpt {
	struct report_ctx *ctx;
	uint64_t boot_us;
	unsigned int lines;
};

static int put_line(void *arg, const struct store_console_line *l)
{
	struct excerpt *x = arg;
	struct report_ctx *ctx = x->ctx;

	if (!x->lines++)
		report_printf(ctx, "<div class=\"log\" tabindex=\"0\" role=\"group\""
				   " aria-label=\"console\"><pre>");
	if (l->skipped_before)
		report_printf(ctx, "<span class=\"cut\">%" PRIu64 " bytes left out</span>\n",
			      l->skipped_before);
	if (l->inside)
		report_printf(ctx, "<mark>");
	if (l->time_us != STORE_TIME_UNKNOWN && l->time_us >= x->boot_us)
		report_printf(ctx, "<i>%9.3f</i>  ",
			      (double)(l->time_us - x->boot_us) / (double)SEC);
	else
		report_printf(ctx, "<i>%9s</i>  ", "");
	escape_write(&ctx->sink, ESCAPE_MARKUP, l->text, l->n);
	report_printf(ctx, "%s%s\n", l->cut ? " \u2026" : "", l->inside ? "</mark>" : "");
	return 0;
}

static void put_console(struct report_ctx *ctx, const struct report_item *it)
{
	const struct report_result *r = it->result;
	const struct report_boot *b = report_boot_of(it->cell, r);
	_autofree_ char *where = report_where(it->cell, r);
	struct excerpt x = {.ctx = ctx};
	struct store_console_want want = {.from = r->console_from,
					  .to = r->console_to,
					  .before = CONTEXT,
					  .after = CONTEXT,
					  .max_lines = CASE_LINES};

	if (!b || !report_has_console(r))
		return;
	x.boot_us = b->row.begin_us;
	report_printf(ctx, "<h3>Console <a href=\"cells/%" PRId64 "/boot%u/console.log\">",
		      it->cell->cell.id, b->row.number);
	html_text(ctx, where);
	report_printf(ctx, "</a></h3>\n");
	store_read_console(ctx->store, &b->row, &want, put_line, &x, NULL);
	report_printf(ctx, x.lines ? "</pre></div>\n"
				   : "<p class=\"muted\">The console said nothing.</p>\n");
}

static void put_also(struct report_ctx *ctx, const struct report_list *l, size_t lead)
{
	if (!l->items[lead].also)
		return;
	report_printf(ctx, "<h3>%zu more with the same words</h3>\n<p class=\"names\">",
		      l->items[lead].also);
	for (size_t i = lead + 1; i < l->n; i++) {
		if (l->items[i].leader != lead)
			continue;
		report_printf(ctx, "<code>");
		html_line(ctx, l->items[i].result->name);
		report_printf(ctx, "</code> ");
	}
	report_printf(ctx, "</p>\n");
}

static void put_summary(struct report_ctx *ctx, const struct report_item *it, bool with_kernel)
{
	_autofree_ char *title = report_cell_title(it->cell);

	report_printf(ctx, "<summary>");
	html_word(ctx, it->result);
	report_printf(ctx, "<span class=\"what\"><code>");
	html_line(ctx, it->result->name);
	report_printf(ctx, "</code>");
	if (it->also)
		report_printf(ctx, " <span class=\"more\">and %zu more</span>", it->also);
	report_printf(ctx, " <span class=\"where\">%s",
		      with_kernel && !report_is_kut(it->cell) ? "reference \u00b7 " : "");
	html_line(ctx, title);
	report_printf(ctx, "</span> <span class=\"why\">");
	html_line(ctx, it->result->reason);
	report_printf(ctx, "</span></span></summary>\n");
}

static void put_attempt(void *arg, const struct report_attempts *a)
{
	struct report_ctx *ctx = arg;
	_autofree_ char *title = report_attempts_title(a);

	report_printf(ctx, "<li>%s: ", title);
	html_verdict(ctx, a->verdict);
	report_printf(ctx, " ");
	html_line(ctx, a->reason);
	report_printf(ctx, "</li>\n");
}

static void put_attempts(struct report_ctx *ctx, const struct report_item *it)
{
	if (it->result->attempts < 2)
		return;
	report_printf(ctx, "<h3>Attempts</h3>\n<ul>\n");
	report_each_attempts(ctx, it->cell, it->result, put_attempt, ctx);
	report_printf(ctx, "</ul>\n");
}

static void put_body(struct report_ctx *ctx, const struct report_list *l, size_t i, bool excerpt)
{
	const struct report_item *it = &l->items[i];
	_autofree_ char *detail = report_detail(ctx, it->result);
	_autofree_ char *again = report_again(it->cell, it->result);

	report_printf(ctx, "<div class=\"body\">\n");
	if (*detail) {
		report_printf(ctx, "<h3>What was seen</h3>\n<pre class=\"detail\">");
		html_text(ctx, detail);
		report_printf(ctx, "</pre>\n");
	}
	if (it->result->known) {
		_autofree_ char *known = report_expected_text(it->result);

		report_printf(ctx, "<p>");
		html_line(ctx, known);
		report_printf(ctx, "</p>\n");
	}
	put_attempts(ctx, it);
	put_also(ctx, l, i);
	if (excerpt)
		put_console(ctx, it);
	if (*it->result->fingerprint) {
		report_printf(ctx, "<p class=\"muted\">Fingerprint of the crash: <code>");
		html_line(ctx, it->result->fingerprint);
		report_printf(ctx, "</code></p>\n");
	}
	report_printf(ctx, "<h3>Again</h3>\n<pre class=\"again\">");
	html_line(ctx, again);
	report_printf(ctx, "</pre>\n</div>\n");
}

void html_cases(struct report_ctx *ctx, const struct report_list *l, bool with_kernel)
{
	size_t n = 0;

	report_printf(ctx, "<div class=\"cases\">\n");
	for (size_t i = 0; i < l->n; i++) {
		if (l->items[i].leader != i)
			continue;
		report_printf(ctx, "<details class=\"case\" id=\"r%" PRId64 "\" data-q=\"\">",
			      l->items[i].result->id);
		put_summary(ctx, &l->items[i], with_kernel);
		put_body(ctx, l, i, n++ < MAX_EXCERPTS);
		report_printf(ctx, "</details>\n");
	}
	report_printf(ctx, "</div>\n");
}

static void put_side(struct report_ctx *ctx, const struct report_result *r)
{
	char time[32];

	if (!r) {
		report_printf(ctx, "<td class=\"muted\">not seen</td><td></td>");
		return;
	}
	report_printf(ctx, "<td>");
	html_word(ctx, r);
	report_printf(ctx, "</td><td class=\"n muted\">%s</td>",
		      r->end_us > r->begin_us
			      ? report_duration(r->end_us - r->begin_us, time, sizeof(time))
			      : "");
}

static void put_name(struct report_ctx *ctx, const struct report_cell *c, const char *name)
{
	_autofree_ char *title = report_cell_title(c);

	report_printf(ctx, "<tr data-q=\"\"><th scope=\"row\"><code>");
	html_line(ctx, name);
	report_printf(ctx, "</code></th><td class=\"muted\">");
	html_line(ctx, title);
	report_printf(ctx, "</td>");
}

static int put_pair(void *arg, const struct report_pair *p)
{
	struct report_ctx *ctx = arg;

	put_name(ctx, p->kut_cell ? p->kut_cell : p->reference_cell, report_pair_name(p));
	put_side(ctx, p->kut);
	put_side(ctx, p->reference);
	report_printf(ctx, "<td>%s</td></tr>\n",
		      p->relation == RELATION_GAP	       ? "<b class=\"gap\">gap</b>"
		      : p->relation == RELATION_KNOWN	       ? "known failure"
		      : p->relation == RELATION_FLAKY	       ? "flaky"
		      : p->relation == RELATION_UNSTABLE       ? "unstable on the reference"
		      : p->relation == RELATION_NOT_COMPARABLE ? "not comparable"
							       : "");
	return 0;
}

static int put_pairs(struct report_ctx *ctx, struct err *err)
{
	report_printf(ctx, "<tr><th scope=\"col\">case</th><th scope=\"col\">cell</th>"
			   "<th scope=\"col\" colspan=\"2\">under test</th>"
			   "<th scope=\"col\" colspan=\"2\">reference</th>"
			   "<th scope=\"col\">compared</th></tr></thead><tbody>\n");
	return report_each_pair(ctx, put_pair, ctx, err);
}

static int put_result(void *arg, const struct report_cell *c, const struct report_result *r)
{
	struct report_ctx *ctx = arg;

	put_name(ctx, c, r->name);
	put_side(ctx, r);
	report_printf(ctx, "<td>");
	html_line(ctx, r->reason);
	report_printf(ctx, "</td></tr>\n");
	return 0;
}

static int put_results(struct report_ctx *ctx, struct err *err)
{
	int r = 0;

	report_printf(ctx, "<tr><th scope=\"col\">case</th><th scope=\"col\">cell</th>"
			   "<th scope=\"col\" colspan=\"2\">verdict</th>"
			   "<th scope=\"col\">reason</th></tr></thead><tbody>\n");
	for (size_t i = 0; r == 0 && i < ctx->model->n_cells; i++)
		r = report_each_case(ctx, &ctx->model->cells[i], put_result, ctx, err);
	return r;
}

int html_all_cases(struct report_ctx *ctx, struct err *err)
{
	bool both = ctx->model->has_kut && ctx->model->has_reference;
	int r;

	report_printf(ctx,
		      "<details class=\"fold\"><summary>Show all %zu</summary>\n"
		      "<div class=\"scroll\"><table class=\"all\"><thead>",
		      both ? report_n_pairs(ctx) : (size_t)verdict_tally_total(&ctx->model->total));
	r = both ? put_pairs(ctx, err) : put_results(ctx, err);
	report_printf(ctx, "</tbody></table></div></details>\n");
	return r;
}
