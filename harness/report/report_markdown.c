/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/xalloc.h"
#include "report/report_attempts.h"
#include "report/report_expected.h"
#include "report/report_formats.h"
#include "report/report_list.h"
#include "report/report_profiles.h"
#include "wire/escape.h"

/* Comments on a merge request have a limit; --verbose lifts ours. */
#define ROWS	   200
#define NAMES	   40
#define REASON_MAX 300

static void put_cell_text(struct report_ctx *ctx, const char *text)
{
	size_t n = utf8_fit(text, REASON_MAX);

	escape_write(&ctx->sink, ESCAPE_MARKDOWN | ESCAPE_ONE_LINE, text, n);
	if (text[n])
		report_printf(ctx, " \u2026");
}

static bool shown(const struct report_model *m, enum verdict v)
{
	return v == VERDICT_PASS || m->total.n[v];
}

static void put_kernels(struct report_ctx *ctx)
{
	for (int kut = 1; kut >= 0; kut--) {
		for (size_t i = 0; i < ctx->model->n_cells; i++) {
			const struct report_cell *c = &ctx->model->cells[i];

			if (report_is_kut(c) != kut)
				continue;
			report_printf(ctx, "- %s: ", kut ? "kernel under test" : "reference");
			put_cell_text(ctx, c->cell.kernel);
			report_printf(ctx, " \\(");
			put_cell_text(ctx, report_boot_fact(c, "accel", "never booted"));
			report_printf(ctx, "\\)\n");
			break;
		}
	}
}

static void put_summary(struct report_ctx *ctx)
{
	const struct report_model *m = ctx->model;

	report_printf(ctx, "\n| kernel | cell |");
	for (int v = 0; v < VERDICT_COUNT; v++)
		if (shown(m, (enum verdict)v))
			report_printf(ctx, " %s |", verdict_name((enum verdict)v));
	if (m->total.flaky)
		report_printf(ctx, " flaky |");
	report_printf(ctx, " missing | time |\n|---|---|");
	for (int v = 0; v < VERDICT_COUNT; v++)
		if (shown(m, (enum verdict)v))
			report_printf(ctx, "--:|");
	if (m->total.flaky)
		report_printf(ctx, "--:|");
	report_printf(ctx, "--:|--:|\n");
	for (size_t i = 0; i < m->n_cells; i++) {
		const struct report_cell *c = &m->cells[i];
		_autofree_ char *title = report_cell_title(c);
		char time[32];

		report_printf(ctx, "| %s | ", report_is_kut(c) ? "under test" : "reference");
		put_cell_text(ctx, title);
		report_printf(ctx, " |");
		for (int v = 0; v < VERDICT_COUNT; v++)
			if (shown(m, (enum verdict)v))
				report_printf(ctx, " %u |", c->tally.n[v]);
		if (m->total.flaky)
			report_printf(ctx, " %u |", c->tally.flaky);
		report_printf(ctx, " %u | %s |\n", c->missing,
			      report_duration(c->end_us - c->begin_us, time, sizeof(time)));
	}
}

static void put_list(struct report_ctx *ctx, const char *heading, const struct report_list *l,
		     bool with_kernel)
{
	size_t rows = 0;

	if (!l->n)
		return;
	report_printf(ctx, "\n## %s (%zu)\n\n| case | cell | verdict | why |\n|---|---|---|---|\n",
		      heading, l->n);
	for (; rows < l->n && (rows < ROWS || ctx->opts->verbose); rows++) {
		const struct report_item *it = &l->items[rows];
		_autofree_ char *title = report_cell_title(it->cell);

		report_printf(ctx, "| ");
		put_cell_text(ctx, it->result->name);
		report_printf(ctx, " | %s",
			      with_kernel && !report_is_kut(it->cell) ? "reference \u00b7 " : "");
		put_cell_text(ctx, title);
		report_printf(ctx, " | **%s** | ", report_word(it->result));
		if (it->result->attempts > 1) {
			_autofree_ char *outcomes = report_outcomes(it->result);

			report_printf(ctx, "%s: ", outcomes);
		}
		put_cell_text(ctx, it->result->reason);
		if (it->result->known) {
			_autofree_ char *known = report_expected_text(it->result);

			report_printf(ctx, "%s", *it->result->reason ? "; " : "");
			put_cell_text(ctx, known);
		}
		report_printf(ctx, " |\n");
	}
	if (rows < l->n)
		report_printf(ctx, "\n\u2026 and %zu more.\n", l->n - rows);
}

static void put_doubt(void *arg, const struct report_doubts *d)
{
	struct report_ctx *ctx = arg;
	size_t n = 0;

	report_printf(ctx, "- %zu %s: ", d->n, d->why);
	for (; n < d->n && (n < NAMES || ctx->opts->verbose); n++) {
		if (n)
			report_printf(ctx, ", ");
		put_cell_text(ctx, report_pair_name(d->pairs[n]));
	}
	report_printf(ctx, "%s\n", n < d->n ? ", \u2026" : "");
}

static void put_verdict(struct report_ctx *ctx)
{
	const struct report_model *m = ctx->model;
	char time[32];

	report_printf(ctx, "# harness: ");
	if (m->has_kut && m->has_reference)
		report_printf(ctx, "%zu gap%s", ctx->gaps->n_gaps,
			      ctx->gaps->n_gaps == 1 ? "" : "s");
	else
		report_printf(ctx, "%u of %u passed", m->total.n[VERDICT_PASS],
			      verdict_tally_total(&m->total));
	report_printf(ctx, "\n\n- run: %s, %s\n", m->state,
		      report_duration(m->end_us, time, sizeof(time)));
}

static void put_notes(struct report_ctx *ctx)
{
	size_t at = 0;

	for (const char *note; (note = report_next_note(ctx->model, &at));) {
		report_printf(ctx, "- note: ");
		put_cell_text(ctx, note);
		report_printf(ctx, "\n");
	}
}

static void put_over(struct report_ctx *ctx)
{
	const struct report_model *m = ctx->model;

	if (!m->n_over)
		return;
	report_printf(ctx, "\n## Known failures past their day (%zu)\n\n", m->n_over);
	for (size_t i = 0; i < m->n_expected; i++) {
		_autofree_ char *text = report_expected_over_text(&m->expected[i]);

		if (!m->expected[i].over || !m->expected[i].cases)
			continue;
		report_printf(ctx, "- ");
		put_cell_text(ctx, text);
		report_printf(ctx, "\n");
	}
}

static void put_profile(void *arg, const struct report_profile *p)
{
	struct report_ctx *ctx = arg;
	_autofree_ char *text = report_profile_text(p);

	report_printf(ctx, "- ");
	put_cell_text(ctx, text);
	report_printf(ctx, "\n");
}

static void put_profiles(struct report_ctx *ctx)
{
	if (!report_has_profiles(ctx->model, ctx->gaps))
		return;
	report_printf(ctx, "\n## Machines\n\n");
	report_each_profile(ctx->model, ctx->gaps, put_profile, ctx);
}

static int write_markdown(struct report_ctx *ctx, struct err *err)
{
	struct report_list gaps = report_list_gaps(ctx->gaps);
	struct report_list problems = report_list_problems(ctx->model, ctx->gaps);
	struct report_list flaky = report_list_flaky(ctx->model, ctx->gaps);
	struct report_list unstable = report_list_unstable(ctx->gaps);
	struct report_list known = report_list_of(ctx->model, VERDICT_XFAIL);

	put_verdict(ctx);
	put_kernels(ctx);
	put_notes(ctx);
	put_summary(ctx);
	put_list(ctx, "Gaps: pass on the reference, not here", &gaps, false);
	put_profiles(ctx);
	put_list(ctx, gaps.n ? "Problems that are no gap" : "Problems", &problems, true);
	put_over(ctx);
	put_list(ctx, "Flaky: passed in some of the attempts", &flaky, true);
	put_list(ctx, "Unstable on the reference, and so no gap", &unstable, true);
	if (ctx->gaps->n_not_comparable) {
		report_printf(ctx, "\n## Not comparable (%zu)\n\n", ctx->gaps->n_not_comparable);
		report_each_doubt(ctx->gaps, put_doubt, ctx);
	}
	report_list_release(&gaps);
	report_list_release(&problems);
	put_list(ctx, "Known failures", &known, true);
	report_list_release(&known);
	report_list_release(&flaky);
	report_list_release(&unstable);
	return 0;
}

const struct report_ops report_markdown = {
	.name = "markdown",
	.help = "a summary and the gaps, for a merge request or a job page",
	.extension = "md",
	.write = write_markdown,
};
