/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "report/compare_report.h"
#include "wire/escape.h"

#define SHORT_SHA 12

static const char *const colors[COMPARE_COUNT] = {
	[COMPARE_REGRESSION] = "1;31", [COMPARE_UNEXPECTED] = "31", [COMPARE_UNKNOWABLE] = "35",
	[COMPARE_MISSING] = "35",      [COMPARE_FLAKY] = "33",	    [COMPARE_CHANGED] = "33",
	[COMPARE_NEW] = "36",	       [COMPARE_PROGRESS] = "32",   [COMPARE_SAME] = "2",
};

static const char *const headings[COMPARE_COUNT] = {
	[COMPARE_REGRESSION] = "Regressions",
	[COMPARE_UNEXPECTED] = "Unexpected: pass against a known failure",
	[COMPARE_UNKNOWABLE] = "Unknowable",
	[COMPARE_MISSING] = "Missing: in the baseline, not in the new run",
	[COMPARE_FLAKY] = "Flaky: not gated",
	[COMPARE_CHANGED] = "Changed: as bad as before, otherwise",
	[COMPARE_NEW] = "New",
	[COMPARE_PROGRESS] = "Progress",
	[COMPARE_SAME] = "Same",
};

static void color(struct compare_ctx *ctx, const char *code)
{
	if (ctx->opts->color)
		report_printf(&ctx->r, "\033[%sm", code);
}

static void put(struct compare_ctx *ctx, const char *text)
{
	report_put(&ctx->r, ESCAPE_TEXT | ESCAPE_ONE_LINE, text);
}

static void put_side(struct compare_ctx *ctx, const char *label, const struct report_side *s)
{
	_autofree_ char *sha = NULL;

	report_printf(&ctx->r, "  %-9s ", label);
	put(ctx, s->path);
	report_printf(&ctx->r, "\n  %-9s ", "");
	put(ctx, *report_side_kernel(s) ? report_side_kernel(s) : "no kernel ran");
	if (*report_side_release_name(s)) {
		report_printf(&ctx->r, "  ");
		put(ctx, report_side_release_name(s));
	}
	if (*report_side_sha256(s)) {
		sha = escape_dup(ESCAPE_TEXT | ESCAPE_ONE_LINE, report_side_sha256(s));
		report_printf(&ctx->r, "  sha256 %.*s", SHORT_SHA, sha);
	}
	report_printf(&ctx->r, "\n");
}

static void put_reason(struct compare_ctx *ctx, const char *label, const struct compare_case *c)
{
	if (!*compare_case_reason(c))
		return;
	report_printf(&ctx->r, "          %-4s ", label);
	put(ctx, compare_case_reason(c));
	report_printf(&ctx->r, "\n");
}

static void put_console(struct compare_ctx *ctx, const struct compare_row *row)
{
	_autofree_ char *where = NULL, *path = NULL;

	if (!row->b.result || ctx->c->b->is_json || !report_has_console(row->b.result))
		return;
	where = report_where(row->b.cell, row->b.result);
	if (!where)
		return;
	path = path_join(ctx->c->b->path, where);
	report_printf(&ctx->r, "          console ");
	put(ctx, path);
	report_printf(&ctx->r, "\n");
}

static void put_row(struct compare_ctx *ctx, const struct compare_row *row)
{
	_autofree_ char *title = report_cell_title(compare_row_cell(row));
	bool brief = row->change >= COMPARE_PROGRESS;

	color(ctx, colors[row->change]);
	report_printf(&ctx->r, "  %-7s > %-7s", compare_case_word(&row->a),
		      compare_case_word(&row->b));
	color(ctx, "0");
	report_printf(&ctx->r, "  ");
	put(ctx, row->name);
	color(ctx, "2");
	report_printf(&ctx->r, "  ");
	put(ctx, title);
	color(ctx, "0");
	report_printf(&ctx->r, "%s%s\n", *row->why ? "  " : "", row->why);
	if (brief && !ctx->opts->verbose)
		return;
	put_reason(ctx, "was", &row->a);
	put_reason(ctx, "now", &row->b);
	if (!brief)
		put_console(ctx, row);
}

static void put_rows(struct compare_ctx *ctx, enum compare_change change)
{
	size_t first = compare_first(ctx->c, change), n = ctx->c->n[change];

	if (!n || (change == COMPARE_SAME && !ctx->opts->verbose))
		return;
	report_printf(&ctx->r, "\n");
	color(ctx, "1");
	report_printf(&ctx->r, "%s (%zu)\n", headings[change], n);
	color(ctx, "0");
	for (size_t i = 0; i < n && i < ctx->max_rows; i++)
		put_row(ctx, &ctx->c->rows[first + i]);
	if (n > ctx->max_rows)
		report_printf(&ctx->r, "  … and %zu more: --verbose\n", n - ctx->max_rows);
}

static void put_expired(struct compare_ctx *ctx)
{
	if (ctx->c->expired.n)
		report_printf(&ctx->r, "\nKnown failures past their day (%zu)\n",
			      ctx->c->expired.n);
	for (size_t i = 0; i < ctx->c->expired.n; i++) {
		report_printf(&ctx->r, "  ");
		put(ctx, ctx->c->expired.v[i]);
		report_printf(&ctx->r, "\n");
	}
}

static void put_crashes(struct compare_ctx *ctx, const char *heading,
			const struct compare_crashes *list)
{
	if (!list->n)
		return;
	report_printf(&ctx->r, "\n%s (%zu)\n", heading, list->n);
	for (size_t i = 0; i < list->n && i < ctx->max_rows; i++) {
		report_printf(&ctx->r, "  ");
		put(ctx, list->v[i].title);
		if (*list->v[i].fingerprint) {
			report_printf(&ctx->r, "  [");
			put(ctx, list->v[i].fingerprint);
			report_printf(&ctx->r, "]");
		}
		report_printf(&ctx->r, "  ");
		put(ctx, list->v[i].name ? list->v[i].name : "nobody was accused");
		report_printf(&ctx->r, "\n");
	}
	if (list->n > ctx->max_rows)
		report_printf(&ctx->r, "  … and %zu more: --verbose\n", list->n - ctx->max_rows);
}

static int write_text(struct compare_ctx *ctx, struct err *err)
{
	const struct compare *c = ctx->c;
	_autofree_ char *counts = compare_headline(c, false);
	_autofree_ char *verdict = compare_headline(c, true);

	put_side(ctx, "baseline", c->a);
	put_side(ctx, "new run", c->b);
	for (size_t i = 0; i < c->notes.n; i++) {
		report_printf(&ctx->r, "  note      ");
		put(ctx, c->notes.v[i]);
		report_printf(&ctx->r, "\n");
	}
	for (int i = 0; i < COMPARE_COUNT; i++)
		put_rows(ctx, (enum compare_change)i);
	put_expired(ctx);
	put_crashes(ctx, "Crashes that the baseline does not have", &c->appeared);
	put_crashes(ctx, "Crashes that only the baseline has", &c->gone);
	report_printf(&ctx->r, "\n%s; ran %zu, in the baseline %zu\n", counts, c->ran_b, c->ran_a);
	if (ctx->opts->gate) {
		color(ctx, c->status == 0 ? "32" : c->status == 1 ? "1;31" : "35");
		report_printf(&ctx->r, "gate %s\n", verdict);
		color(ctx, "0");
	}
	return 0;
}

const struct compare_ops compare_text = {
	.name = "text",
	.help = "what changed, for a terminal",
	.write = write_text,
};
