/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "report/compare_report.h"
#include "wire/escape.h"

/* A comment on a pull request holds 65536 characters. */
#define COMMENT_MAX ((size_t)60000)
#define REASON_MAX  300
#define NAME_MAX_   120
#define SHORT_SHA   12

/*
 * As code: there nobody is mentioned, no issue is linked, and nothing is set in bold by what a
 * guest said.
 */
static void put_code(struct compare_ctx *ctx, const char *text, size_t max)
{
	size_t n = utf8_fit(text, max);

	if (!*text)
		return;
	report_printf(&ctx->r, "<code>");
	escape_write(&ctx->r.sink, ESCAPE_MARKDOWN | ESCAPE_ONE_LINE, text, n);
	report_printf(&ctx->r, "%s</code>", text[n] ? "…" : "");
}

static void put_side(struct compare_ctx *ctx, const char *label, const struct report_side *s)
{
	const char *sha = report_side_sha256(s);

	report_printf(&ctx->r, "- %s: ", label);
	put_code(ctx, *report_side_kernel(s) ? report_side_kernel(s) : "no kernel ran", REASON_MAX);
	if (*report_side_release_name(s)) {
		report_printf(&ctx->r, " ");
		put_code(ctx, report_side_release_name(s), NAME_MAX_);
	}
	if (*sha) {
		report_printf(&ctx->r, " sha256 ");
		put_code(ctx, sha, SHORT_SHA);
	}
	report_printf(&ctx->r, ", run ");
	put_code(ctx, s->path, REASON_MAX);
	report_printf(&ctx->r, "\n");
}

static void put_words(struct compare_ctx *ctx, const struct compare_case *c)
{
	report_printf(&ctx->r, "%s", compare_case_word(c));
	if (!*compare_case_reason(c))
		return;
	report_printf(&ctx->r, " ");
	put_code(ctx, compare_case_reason(c), REASON_MAX);
}

static void put_row(struct compare_ctx *ctx, const struct compare_row *row)
{
	_autofree_ char *title = report_cell_title(compare_row_cell(row));
	_autofree_ char *link = compare_link(ctx, row);

	report_printf(&ctx->r, "| ");
	put_code(ctx, row->name, NAME_MAX_);
	report_printf(&ctx->r, " | ");
	put_code(ctx, title, NAME_MAX_);
	report_printf(&ctx->r, " | ");
	put_words(ctx, &row->a);
	report_printf(&ctx->r, " | ");
	put_words(ctx, &row->b);
	report_printf(&ctx->r, " | %s", row->why);
	if (link)
		report_printf(&ctx->r, "%s[console](%s)", *row->why ? " " : "", link);
	report_printf(&ctx->r, " |\n");
}

static void put_table(struct compare_ctx *ctx, enum compare_change change)
{
	size_t first = compare_first(ctx->c, change), n = ctx->c->n[change];

	if (ctx->max_rows)
		report_printf(&ctx->r, "\n| case | cell | was | now | remark |\n"
				       "|---|---|---|---|---|\n");
	for (size_t i = 0; i < n && i < ctx->max_rows; i++)
		put_row(ctx, &ctx->c->rows[first + i]);
	if (n > ctx->max_rows)
		report_printf(&ctx->r, "\n… and %zu more.\n", n - ctx->max_rows);
}

static void put_section(struct compare_ctx *ctx, enum compare_change change, const char *heading,
			bool folded)
{
	size_t n = ctx->c->n[change];

	if (!n)
		return;
	report_printf(&ctx->r,
		      folded ? "\n<details><summary>%s (%zu)</summary>\n" : "\n#### %s (%zu)\n",
		      heading, n);
	put_table(ctx, change);
	if (folded)
		report_printf(&ctx->r, "\n</details>\n");
}

static void put_expired(struct compare_ctx *ctx)
{
	const struct strv *v = &ctx->c->expired;

	if (!v->n)
		return;
	report_printf(&ctx->r, "\n#### Known failures past their day (%zu)\n\n", v->n);
	for (size_t i = 0; i < v->n && i < ctx->max_rows; i++) {
		report_printf(&ctx->r, "- ");
		put_code(ctx, v->v[i], REASON_MAX);
		report_printf(&ctx->r, "\n");
	}
	if (v->n > ctx->max_rows)
		report_printf(&ctx->r, "- … and %zu more\n", v->n - ctx->max_rows);
}

static void put_crashes(struct compare_ctx *ctx, const char *heading,
			const struct compare_crashes *list)
{
	if (!list->n)
		return;
	report_printf(&ctx->r, "\n<details><summary>%s (%zu)</summary>\n\n", heading, list->n);
	for (size_t i = 0; i < list->n && i < ctx->max_rows; i++) {
		report_printf(&ctx->r, "- ");
		put_code(ctx, list->v[i].title, REASON_MAX);
		report_printf(&ctx->r, " ");
		put_code(ctx, list->v[i].fingerprint, NAME_MAX_);
		report_printf(&ctx->r, " ");
		if (list->v[i].name)
			put_code(ctx, list->v[i].name, NAME_MAX_);
		else
			report_printf(&ctx->r, "nobody was accused");
		report_printf(&ctx->r, "\n");
	}
	if (list->n > ctx->max_rows)
		report_printf(&ctx->r, "- … and %zu more\n", list->n - ctx->max_rows);
	report_printf(&ctx->r, "\n</details>\n");
}

static void put_head(struct compare_ctx *ctx)
{
	const struct compare *c = ctx->c;
	_autofree_ char *line = compare_headline(c, ctx->opts->gate);
	_autofree_ char *counts = compare_headline(c, false);

	report_printf(&ctx->r, "### harness %s: %s\n\n", ctx->opts->gate ? "gate" : "compare",
		      line);
	if (ctx->opts->gate)
		report_printf(&ctx->r, "%s; ", counts);
	report_printf(&ctx->r, "ran %zu, in the baseline %zu\n\n", c->ran_b, c->ran_a);
	put_side(ctx, "baseline", c->a);
	put_side(ctx, "new run", c->b);
	for (size_t i = 0; i < c->notes.n; i++) {
		report_printf(&ctx->r, "- note: ");
		put_code(ctx, c->notes.v[i], REASON_MAX);
		report_printf(&ctx->r, "\n");
	}
}

static void put_all(struct compare_ctx *ctx)
{
	put_head(ctx);
	put_section(ctx, COMPARE_REGRESSION, "Regressions", false);
	put_section(ctx, COMPARE_UNEXPECTED, "Unexpected: pass against a known failure", false);
	put_expired(ctx);
	put_section(ctx, COMPARE_UNKNOWABLE, "Unknowable", false);
	put_section(ctx, COMPARE_MISSING, "Missing: in the baseline, not in the new run", false);
	put_section(ctx, COMPARE_CHANGED, "Changed: as bad as before, otherwise", true);
	put_section(ctx, COMPARE_FLAKY, "Flaky: not gated", true);
	put_section(ctx, COMPARE_NEW, "New", true);
	put_section(ctx, COMPARE_PROGRESS, "Progress", true);
	if (ctx->opts->verbose)
		put_section(ctx, COMPARE_SAME, "Same", true);
	put_crashes(ctx, "Crashes that the baseline does not have", &ctx->c->appeared);
	put_crashes(ctx, "Crashes that only the baseline has", &ctx->c->gone);
}

static int to_file(void *arg, const char *data, size_t n)
{
	if (fwrite(data, 1, n, arg) == n)
		return 0;
	return errno ? -errno : -EIO;
}

/* Whole, with lists of at most max_rows. */
static char *render(struct compare_ctx ctx, size_t max_rows, size_t *ret_len)
{
	char *text = NULL;
	FILE *out = open_memstream(&text, ret_len);

	if (!out)
		return NULL;
	ctx.r.out = out;
	ctx.r.sink = (struct sink){to_file, out};
	ctx.max_rows = max_rows;
	put_all(&ctx);
	if (fclose(out) != 0) {
		free(text);
		return NULL;
	}
	return text;
}

int compare_markdown_fit(const struct compare *c, const struct compare_report_options *opts,
			 size_t max, FILE *out, struct err *err)
{
	struct compare_ctx ctx = {.c = c, .opts = opts};
	size_t n = 0;

	for (size_t rows = 400;; rows /= 2) {
		_autofree_ char *text = render(ctx, rows, &n);

		if (!text)
			return err_errno(err, ENOMEM, "cannot write the comparison");
		if (rows && n > max)
			continue;
		if (fwrite(text, 1, n, out) != n)
			return err_errno(err, errno ? errno : EIO, "cannot write the comparison");
		return 0;
	}
}

static int write_markdown(struct compare_ctx *ctx, struct err *err)
{
	if (!ctx->opts->verbose)
		return compare_markdown_fit(ctx->c, ctx->opts, COMMENT_MAX, ctx->r.out, err);
	put_all(ctx);
	return 0;
}

const struct compare_ops compare_markdown = {
	.name = "markdown",
	.help = "for a pull request: regressions first, progress folded, at most 60000 bytes",
	.write = write_markdown,
};
