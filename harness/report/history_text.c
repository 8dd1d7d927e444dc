/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/cleanup.h"
#include "report/history_report.h"
#include "wire/escape.h"

#define TREND	  60
#define RUNS	  20
#define SHORT_SHA 12

static void color(struct history_ctx *ctx, const char *code)
{
	if (ctx->opts->color)
		report_printf(&ctx->r, "\033[%sm", code);
}

static void put(struct history_ctx *ctx, const char *text)
{
	report_put(&ctx->r, ESCAPE_TEXT | ESCAPE_ONE_LINE, text);
}

static void put_identity(struct history_ctx *ctx, const struct history_run *r)
{
	put(ctx, *r->kernel ? r->kernel : "no kernel ran");
	if (*r->release) {
		report_printf(&ctx->r, " ");
		put(ctx, r->release);
	}
	if (*r->sha256) {
		_autofree_ char *sha = escape_dup(ESCAPE_TEXT | ESCAPE_ONE_LINE, r->sha256);

		report_printf(&ctx->r, " %.*s", SHORT_SHA, sha);
	}
}

static void put_run(struct history_ctx *ctx, size_t i)
{
	const struct history_run *r = &ctx->h->runs[i];
	char time[40];

	report_printf(&ctx->r, "  %4zu  %s  ", i + 1,
		      history_time(r->begin_us, time, sizeof(time)));
	put_identity(ctx, r);
	report_printf(&ctx->r, "  ");
	for (int v = 0; v < VERDICT_COUNT; v++)
		if (r->tally.n[v])
			report_printf(&ctx->r, "%u %s, ", r->tally.n[v],
				      verdict_name((enum verdict)v));
	if (r->tally.flaky)
		report_printf(&ctx->r, "%u flaky, ", r->tally.flaky);
	report_printf(&ctx->r, "%s  ", r->state);
	put(ctx, r->path);
	report_printf(&ctx->r, "\n");
}

static void put_bound(struct history_ctx *ctx, const char *label, size_t run)
{
	const struct history_run *r = &ctx->h->runs[run];

	report_printf(&ctx->r, "          %-11s run %zu  ", label, run + 1);
	put_identity(ctx, r);
	report_printf(&ctx->r, "  ");
	put(ctx, r->path);
	report_printf(&ctx->r, "\n");
}

static void put_bounds(struct history_ctx *ctx, const struct history_case *k)
{
	bool bad = k->standing == HISTORY_BAD;

	put_bound(ctx, bad ? "last good" : "last bad", k->last);
	put_bound(ctx, bad ? "first bad" : "first good", k->first);
	if (k->unknown_between)
		report_printf(&ctx->r, "          between them %zu runs that say nothing\n",
			      k->unknown_between);
}

static void put_case(struct history_ctx *ctx, const struct history_case *k)
{
	_autofree_ char *trend = history_trend(ctx->h, k, TREND);
	_autofree_ char *title = history_title(k);

	report_printf(&ctx->r, "  [%s]  ", trend);
	color(ctx, "1");
	put(ctx, k->name);
	color(ctx, "0");
	report_printf(&ctx->r, "  ");
	put(ctx, title);
	report_printf(&ctx->r, "\n");
	if (k->standing == HISTORY_BAD || k->standing == HISTORY_FIXED)
		put_bounds(ctx, k);
	if (k->samples) {
		_autofree_ char *rate = history_rate(k);

		report_printf(&ctx->r, "          %s\n", rate);
	}
	if (k->reason && *k->reason) {
		report_printf(&ctx->r, "          ");
		put(ctx, k->reason);
		report_printf(&ctx->r, "\n");
	}
}

static void put_standing(struct history_ctx *ctx, enum history_standing standing,
			 const char *heading)
{
	const struct history_case *k;
	size_t i = 0;
	bool first = true;

	while ((k = history_next(ctx, standing, &i))) {
		if (first) {
			report_printf(&ctx->r, "\n");
			color(ctx, "1");
			report_printf(&ctx->r, "%s (%zu)\n", heading, ctx->h->n[standing]);
			color(ctx, "0");
		}
		first = false;
		put_case(ctx, k);
	}
}

static void put_runs(struct history_ctx *ctx)
{
	size_t from = 0;

	if (!ctx->opts->verbose && ctx->h->n_runs > RUNS)
		from = ctx->h->n_runs - RUNS;
	report_printf(&ctx->r, "%zu run%s%s\n", ctx->h->n_runs, ctx->h->n_runs == 1 ? "" : "s",
		      from ? ", the newest of them:" : "");
	for (size_t i = from; i < ctx->h->n_runs; i++)
		put_run(ctx, i);
}

static int write_text(struct history_ctx *ctx, struct err *err)
{
	_autofree_ char *counts = history_counts(ctx->h);

	put_runs(ctx);
	put_standing(ctx, HISTORY_BAD, "Bad now, good before");
	put_standing(ctx, HISTORY_FLAKED, "Flaky: good and bad with one kernel");
	put_standing(ctx, HISTORY_ALWAYS_BAD, "Bad as long as it is known");
	put_standing(ctx, HISTORY_FIXED, "Good now, bad before");
	if (ctx->opts->verbose) {
		put_standing(ctx, HISTORY_NO_VERDICT, "Without a verdict");
		put_standing(ctx, HISTORY_STABLE, "Stable");
	}
	report_printf(
		&ctx->r,
		"\n%s\n[oldest … newest]  . good  F fail  T timeout  C crash  x expected to fail"
		"  ~ flaky  s skip  ? no verdict\n",
		counts);
	if (ctx->h->damaged.n)
		report_printf(&ctx->r, "\npassed over, damaged (%zu):\n", ctx->h->damaged.n);
	for (size_t i = 0; i < ctx->h->damaged.n; i++) {
		report_printf(&ctx->r, "  ");
		put(ctx, ctx->h->damaged.v[i]);
		report_printf(&ctx->r, "\n");
	}
	return 0;
}

const struct history_ops history_text = {.name = "text", .write = write_text};
