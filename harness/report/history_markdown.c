/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/cleanup.h"
#include "report/history_report.h"
#include "wire/escape.h"

#define TREND	   30
#define ROWS	   200
#define REASON_MAX 300
#define SHORT_SHA  12

/* As code: what a guest said mentions nobody and links nothing there. */
static void put_code(struct history_ctx *ctx, const char *text)
{
	size_t n = utf8_fit(text, REASON_MAX);

	if (!*text)
		return;
	report_printf(&ctx->r, "<code>");
	escape_write(&ctx->r.sink, ESCAPE_MARKDOWN | ESCAPE_ONE_LINE, text, n);
	report_printf(&ctx->r, "%s</code>", text[n] ? "…" : "");
}

/* Blanks side by side would become one. */
static void put_trend(struct history_ctx *ctx, const struct history_case *k)
{
	_autofree_ char *trend = history_trend(ctx->h, k, TREND);

	for (char *p = trend; *p; p++)
		*p = *p == HISTORY_ABSENT ? '-' : *p;
	put_code(ctx, trend);
}

static void put_bound(struct history_ctx *ctx, const char *label, size_t run)
{
	const struct history_run *r = &ctx->h->runs[run];
	_autofree_ char *sha = escape_dup(ESCAPE_TEXT | ESCAPE_ONE_LINE, r->sha256);
	char time[40];

	sha[utf8_fit(sha, SHORT_SHA)] = '\0';
	report_printf(&ctx->r, "%s %s ", label, history_time(r->begin_us, time, sizeof(time)));
	put_code(ctx, r->release);
	report_printf(&ctx->r, " ");
	put_code(ctx, sha);
	report_printf(&ctx->r, " ");
	put_code(ctx, r->path);
}

static void put_remark(struct history_ctx *ctx, const struct history_case *k)
{
	bool bad = k->standing == HISTORY_BAD;

	if (bad || k->standing == HISTORY_FIXED) {
		put_bound(ctx, bad ? "last good" : "last bad", k->last);
		report_printf(&ctx->r, "; ");
		put_bound(ctx, bad ? "first bad" : "first good", k->first);
	}
	if (k->samples) {
		_autofree_ char *rate = history_rate(k);

		report_printf(&ctx->r, " %s", rate);
	}
	if (k->reason && *k->reason) {
		report_printf(&ctx->r, " ");
		put_code(ctx, k->reason);
	}
}

static void put_standing(struct history_ctx *ctx, enum history_standing standing,
			 const char *heading)
{
	const struct history_case *k;
	size_t i = 0, n = 0;

	while ((k = history_next(ctx, standing, &i))) {
		_autofree_ char *title = history_title(k);

		if (n++ == 0)
			report_printf(&ctx->r,
				      "\n#### %s (%zu)\n\n| case | cell | trend | remark |\n"
				      "|---|---|---|---|\n",
				      heading, ctx->h->n[standing]);
		if (n > ROWS && !ctx->opts->verbose)
			continue;
		report_printf(&ctx->r, "| ");
		put_code(ctx, k->name);
		report_printf(&ctx->r, " | ");
		put_code(ctx, title);
		report_printf(&ctx->r, " | ");
		put_trend(ctx, k);
		report_printf(&ctx->r, " | ");
		put_remark(ctx, k);
		report_printf(&ctx->r, " |\n");
	}
	if (n > ROWS && !ctx->opts->verbose)
		report_printf(&ctx->r, "\n… and %zu more.\n", n - ROWS);
}

static int write_markdown(struct history_ctx *ctx, struct err *err)
{
	const struct history *h = ctx->h;
	_autofree_ char *counts = history_counts(h);
	char from[40] = "?", to[40] = "?";

	if (h->n_runs) {
		history_time(h->runs[0].begin_us, from, sizeof(from));
		history_time(h->runs[h->n_runs - 1].begin_us, to, sizeof(to));
	}
	report_printf(&ctx->r, "### harness history: %s\n\n%zu runs, %s to %s\n", counts, h->n_runs,
		      from, to);
	put_standing(ctx, HISTORY_BAD, "Bad now, good before");
	put_standing(ctx, HISTORY_FLAKED, "Flaky: good and bad with one kernel");
	put_standing(ctx, HISTORY_ALWAYS_BAD, "Bad as long as it is known");
	put_standing(ctx, HISTORY_FIXED, "Good now, bad before");
	if (h->damaged.n)
		report_printf(&ctx->r, "\n#### Passed over, damaged (%zu)\n\n", h->damaged.n);
	for (size_t i = 0; i < h->damaged.n; i++) {
		report_printf(&ctx->r, "- ");
		put_code(ctx, h->damaged.v[i]);
		report_printf(&ctx->r, "\n");
	}
	return 0;
}

const struct history_ops history_markdown = {.name = "markdown", .write = write_markdown};
