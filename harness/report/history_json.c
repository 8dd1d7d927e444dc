/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <string.h>

#include "base/cleanup.h"
#include "report/history_report.h"
#include "wire/jsonw.h"

/* Raised when a member changes its meaning or goes; new members may come at any time. */
#define HISTORY_JSON_VERSION 1

static void put_run(struct jsonw *w, const struct history_run *r)
{
	jsonw_begin_object(w, NULL);
	jsonw_string(w, "path", r->path);
	jsonw_uint(w, "begin_us", r->begin_us);
	jsonw_string(w, "state", r->state);
	jsonw_string(w, "kernel", r->kernel);
	jsonw_string(w, "release", r->release);
	jsonw_string(w, "sha256", r->sha256);
	jsonw_begin_object(w, "verdicts");
	for (int v = 0; v < VERDICT_COUNT; v++)
		jsonw_uint(w, verdict_name((enum verdict)v), r->tally.n[v]);
	jsonw_uint(w, "flaky", r->tally.flaky);
	jsonw_end_object(w);
	jsonw_end_object(w);
}

static void put_bound(struct jsonw *w, const char *key, bool there, size_t run)
{
	if (there)
		jsonw_uint(w, key, run);
	else
		jsonw_null(w, key);
}

static void put_rate(struct jsonw *w, const struct history_case *k)
{
	if (!k->samples) {
		jsonw_null(w, "rate");
		return;
	}
	jsonw_begin_object(w, "rate");
	jsonw_uint(w, "attempts", k->samples);
	jsonw_uint(w, "bad", k->samples_bad);
	jsonw_double(w, "seen", k->rate.seen);
	jsonw_double(w, "low", k->rate.low);
	jsonw_double(w, "high", k->rate.high);
	jsonw_end_object(w);
}

static void put_case(struct jsonw *w, const struct history *h, const struct history_case *k)
{
	_autofree_ char *trend = history_trend(h, k, SIZE_MAX);
	bool bad = k->standing == HISTORY_BAD, fixed = k->standing == HISTORY_FIXED;

	jsonw_begin_object(w, NULL);
	jsonw_string(w, "role", k->role);
	jsonw_string(w, "scenario", k->scenario);
	jsonw_string(w, "lane", k->lane);
	jsonw_string(w, "profile", k->profile);
	jsonw_string(w, "name", k->name);
	jsonw_string(w, "standing", history_standing_name(k->standing));
	jsonw_string(w, "trend", trend);
	put_bound(w, "last_good", bad, k->last);
	put_bound(w, "first_bad", bad, k->first);
	put_bound(w, "last_bad", fixed, k->last);
	put_bound(w, "first_good", fixed, k->first);
	put_rate(w, k);
	jsonw_string(w, "reason", k->reason);
	jsonw_end_object(w);
}

static int write_json(struct history_ctx *ctx, struct err *err)
{
	const struct history *h = ctx->h;
	struct jsonw w;
	int r;

	jsonw_init(&w, ctx->r.sink, true);
	jsonw_begin_object(&w, NULL);
	jsonw_uint(&w, "format", HISTORY_JSON_VERSION);
	jsonw_begin_array(&w, "damaged");
	for (size_t i = 0; i < h->damaged.n; i++)
		jsonw_string(&w, NULL, h->damaged.v[i]);
	jsonw_end_array(&w);
	jsonw_begin_array(&w, "runs");
	for (size_t i = 0; i < h->n_runs; i++)
		put_run(&w, &h->runs[i]);
	jsonw_end_array(&w);
	jsonw_begin_array(&w, "cases");
	for (int s = 0; s < HISTORY_STANDINGS; s++) {
		const struct history_case *k;
		size_t i = 0;

		while ((k = history_next(ctx, (enum history_standing)s, &i)))
			put_case(&w, h, k);
	}
	jsonw_end_array(&w);
	jsonw_end_object(&w);
	r = jsonw_finish(&w);
	return r < 0 ? err_errno(err, -r, "cannot write the history") : 0;
}

const struct history_ops history_json = {.name = "json", .write = write_json};
