/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/cleanup.h"
#include "base/xalloc.h"
#include "report/compare_report.h"
#include "wire/escape.h"

static void put_attribute(struct compare_ctx *ctx, const char *name, const char *value)
{
	report_printf(&ctx->r, " %s=\"", name);
	report_put(&ctx->r, ESCAPE_MARKUP | ESCAPE_ONE_LINE, value);
	report_printf(&ctx->r, "\"");
}

/* What blocks a merge is a failure, what could not be known an error, the rest is passed or told.
 */
static const char *tag_of(const struct compare_row *row)
{
	if (row->gate == 1)
		return "failure";
	if (row->gate == 3)
		return "error";
	if (row->change == COMPARE_SAME || row->change == COMPARE_PROGRESS)
		return row->b.result && row->b.verdict != VERDICT_SKIP ? NULL : "skipped";
	return row->change == COMPARE_NEW && row->b.verdict == VERDICT_PASS ? NULL : "skipped";
}

static void put_message(struct compare_ctx *ctx, const struct compare_row *row)
{
	_autofree_ char *text =
		xasprintf("%s: %s, in the baseline %s%s%s", compare_change_name(row->change),
			  compare_case_word(&row->b), compare_case_word(&row->a),
			  *row->why ? ": " : "", row->why);

	put_attribute(ctx, "message", text);
}

static void put_body(struct compare_ctx *ctx, const struct compare_row *row, const char *tag)
{
	_autofree_ char *where = row->b.result ? report_where(row->b.cell, row->b.result) : NULL;

	report_printf(&ctx->r, ">now: ");
	report_put(&ctx->r, ESCAPE_MARKUP | ESCAPE_ONE_LINE, compare_case_reason(&row->b));
	report_printf(&ctx->r, "\nwas: ");
	report_put(&ctx->r, ESCAPE_MARKUP | ESCAPE_ONE_LINE, compare_case_reason(&row->a));
	if (where) {
		report_printf(&ctx->r, "\n");
		report_put(&ctx->r, ESCAPE_MARKUP, where);
	}
	report_printf(&ctx->r, "</%s>\n", tag);
}

static void put_row(struct compare_ctx *ctx, const struct compare_row *row)
{
	const struct report_cell *c = compare_row_cell(row);
	_autofree_ char *class = xasprintf("gate.%s.%s", c->cell.lane, c->cell.scenario);
	const char *tag = tag_of(row);

	report_printf(&ctx->r, "    <testcase");
	put_attribute(ctx, "classname", class);
	put_attribute(ctx, "name", row->name);
	if (!tag) {
		report_printf(&ctx->r, "/>\n");
		return;
	}
	report_printf(&ctx->r, ">\n      <%s", tag);
	put_message(ctx, row);
	if (strcmp(tag, "skipped") == 0) {
		report_printf(&ctx->r, "/>\n");
	} else {
		put_attribute(ctx, "type", compare_change_name(row->change));
		put_body(ctx, row, tag);
	}
	report_printf(&ctx->r, "    </testcase>\n");
}

/* The verdict as a whole, which may be worse than every case: fewer ran, a run that did not end. */
static void put_gate(struct compare_ctx *ctx)
{
	_autofree_ char *text = compare_headline(ctx->c, true);
	const char *tag = ctx->c->status == 1 ? "failure" : "error";

	report_printf(&ctx->r, "    <testcase classname=\"gate\" name=\"gate\"");
	if (!ctx->c->status) {
		report_printf(&ctx->r, "/>\n");
		return;
	}
	report_printf(&ctx->r, ">\n      <%s", tag);
	put_attribute(ctx, "message", text);
	report_printf(&ctx->r, " type=\"gate\"/>\n    </testcase>\n");
}

static void put_counts(struct compare_ctx *ctx)
{
	const struct compare *c = ctx->c;
	size_t n[3] = {c->status == 1, c->status == 3, 0};

	for (size_t i = 0; i < c->n_rows; i++) {
		const char *tag = tag_of(&c->rows[i]);

		if (tag)
			n[*tag == 'f' ? 0 : *tag == 'e' ? 1 : 2]++;
	}
	report_printf(&ctx->r, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\"",
		      c->n_rows + 1, n[0], n[1], n[2]);
}

static int write_junit(struct compare_ctx *ctx, struct err *err)
{
	report_printf(&ctx->r, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites"
			       " name=\"harness gate\"");
	put_counts(ctx);
	report_printf(&ctx->r, ">\n  <testsuite name=\"gate\"");
	put_counts(ctx);
	report_printf(&ctx->r, ">\n");
	put_gate(ctx);
	for (size_t i = 0; i < ctx->c->n_rows; i++)
		put_row(ctx, &ctx->c->rows[i]);
	report_printf(&ctx->r, "  </testsuite>\n</testsuites>\n");
	return 0;
}

const struct compare_ops compare_junit = {
	.name = "junit",
	.help = "the gate's verdict as JUnit XML: regressions are failures, the unknowable is an "
		"error",
	.write = write_junit,
};
