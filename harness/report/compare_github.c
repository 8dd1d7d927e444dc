/* SPDX-License-Identifier: MIT */
/*
 * Annotations of a workflow run, as commands on standard output; the runner shows ten of a kind for
 * a step. And the step's summary, a Markdown file that it names.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "base/xalloc.h"
#include "report/compare_report.h"
#include "wire/escape.h"

#define ANNOTATIONS 10
/* A step's summary holds 1 MiB, that of the steps before included. */
#define SUMMARY_MAX ((size_t)500000)
#define TEXT_MAX    ((size_t)4000)

/*
 * Harmless first, then encoded: a percent sign and line ends in the message, in a property also
 * what would end it.
 */
static void put_encoded(struct compare_ctx *ctx, const char *text, bool property)
{
	_autofree_ char *plain = escape_dup(ESCAPE_TEXT | (property ? ESCAPE_ONE_LINE : 0), text);
	const char *special = property ? "%\r\n:," : "%\r\n";

	plain[utf8_fit(plain, TEXT_MAX)] = '\0';
	for (const char *p = plain; *p; p++)
		report_printf(&ctx->r, strchr(special, *p) ? "%%%02X" : "%c", (unsigned char)*p);
}

static void annotate(struct compare_ctx *ctx, const char *level, const char *title,
		     const char *message)
{
	report_printf(&ctx->r, "::%s title=", level);
	put_encoded(ctx, title, true);
	report_printf(&ctx->r, "::");
	put_encoded(ctx, message, false);
	report_printf(&ctx->r, "\n");
}

static const char *level_of(const struct compare_row *row)
{
	if (row->gate)
		return row->gate == 1 ? "error" : "warning";
	if (row->change == COMPARE_FLAKY || row->change == COMPARE_CHANGED)
		return "notice";
	return NULL;
}

static void put_row(struct compare_ctx *ctx, const struct compare_row *row)
{
	_autofree_ char *cell = report_cell_title(compare_row_cell(row));
	_autofree_ char *title =
		xasprintf("%s: %s (%s)", compare_change_name(row->change), row->name, cell);
	_autofree_ char *message = xasprintf(
		"%s, in the baseline %s. %s%s%s%s%s", compare_case_word(&row->b),
		compare_case_word(&row->a), row->why, *row->why ? ". " : "",
		compare_case_reason(&row->b), *compare_case_reason(&row->a) ? "\nwas: " : "",
		compare_case_reason(&row->a));

	annotate(ctx, level_of(row), title, message);
}

/* What has its place is told in full, the rest by its number. */
static void put_level(struct compare_ctx *ctx, const char *level, size_t room)
{
	size_t n = 0, told = 0;

	for (size_t i = 0; i < ctx->c->n_rows; i++) {
		const char *of_row = level_of(&ctx->c->rows[i]);

		n += of_row && strcmp(of_row, level) == 0;
	}
	for (size_t i = 0; i < ctx->c->n_rows && told < n; i++) {
		const char *of_row = level_of(&ctx->c->rows[i]);

		if (!of_row || strcmp(of_row, level) != 0)
			continue;
		if (n > room && told + 1 == room)
			break;
		put_row(ctx, &ctx->c->rows[i]);
		told++;
	}
	if (told < n) {
		_autofree_ char *more = xasprintf("and %zu more, in the step's summary", n - told);

		annotate(ctx, level, "harness", more);
	}
}

static void put_verdict(struct compare_ctx *ctx)
{
	_autofree_ char *line = compare_headline(ctx->c, ctx->opts->gate);
	const char *level = "notice";

	if (ctx->opts->gate && ctx->c->status)
		level = ctx->c->status == 1 ? "error" : "warning";
	annotate(ctx, level, ctx->opts->gate ? "harness gate" : "harness compare", line);
}

static int put_summary(struct compare_ctx *ctx, struct err *err)
{
	_autofclose_ FILE *f = NULL;
	int r;

	if (!ctx->opts->summary)
		return 0;
	f = fopen(ctx->opts->summary, "ae");
	if (!f)
		return err_errno(err, errno, "cannot append to %s", ctx->opts->summary);
	r = compare_markdown_fit(ctx->c, ctx->opts, SUMMARY_MAX, f, err);
	if (r == 0 && fflush(f) != 0)
		r = err_errno(err, errno, "cannot append to %s", ctx->opts->summary);
	return r;
}

static int write_github(struct compare_ctx *ctx, struct err *err)
{
	static const char *const levels[] = {"error", "warning", "notice"};

	put_verdict(ctx);
	for (size_t i = 0; i < ARRAY_SIZE(levels); i++)
		put_level(ctx, levels[i], ANNOTATIONS - 1);
	return put_summary(ctx, err);
}

const struct compare_ops compare_github = {
	.name = "github",
	.help = "annotations, and Markdown appended to $GITHUB_STEP_SUMMARY",
	.write = write_github,
};
