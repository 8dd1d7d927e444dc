/* SPDX-License-Identifier: MIT */
#include "base/cleanup.h"
#include "report/compare_report.h"
#include "wire/jsonw.h"

/* Raised when a member changes its meaning or goes; new members may come at any time. */
#define COMPARE_JSON_VERSION 1

static void put_side(struct jsonw *w, const char *key, const struct report_side *s, size_t ran)
{
	jsonw_begin_object(w, key);
	jsonw_string(w, "path", s->path);
	jsonw_string(w, "state", s->model.state);
	jsonw_string(w, "kernel", report_side_kernel(s));
	jsonw_string(w, "release", report_side_release_name(s));
	jsonw_string(w, "sha256", report_side_sha256(s));
	jsonw_uint(w, "begin_us", report_side_begin_us(s));
	jsonw_uint(w, "ran", ran);
	jsonw_end_object(w);
}

static void put_case(struct jsonw *w, const char *key, const struct compare_case *c)
{
	if (!c->result) {
		jsonw_null(w, key);
		return;
	}
	jsonw_begin_object(w, key);
	jsonw_string(w, "verdict", verdict_name(c->verdict));
	jsonw_bool(w, "flaky", c->flaky);
	jsonw_string(w, "reason", c->result->reason);
	jsonw_string(w, "fingerprint", *c->result->fingerprint ? c->result->fingerprint : NULL);
	jsonw_end_object(w);
}

static void put_row(struct jsonw *w, const struct compare_row *row)
{
	const struct report_cell *c = compare_row_cell(row);

	jsonw_begin_object(w, NULL);
	jsonw_string(w, "change", compare_change_name(row->change));
	jsonw_int(w, "gate", row->gate);
	jsonw_string(w, "scenario", c->cell.scenario);
	jsonw_string(w, "lane", c->cell.lane);
	jsonw_string(w, "profile", c->cell.profile);
	jsonw_string(w, "name", row->name);
	jsonw_string(w, "why", row->why);
	put_case(w, "baseline", &row->a);
	put_case(w, "new", &row->b);
	jsonw_end_object(w);
}

static void put_strings(struct jsonw *w, const char *key, const struct strv *v)
{
	jsonw_begin_array(w, key);
	for (size_t i = 0; i < v->n; i++)
		jsonw_string(w, NULL, v->v[i]);
	jsonw_end_array(w);
}

static void put_crashes(struct jsonw *w, const char *key, const struct compare_crashes *list)
{
	jsonw_begin_array(w, key);
	for (size_t i = 0; i < list->n; i++) {
		jsonw_begin_object(w, NULL);
		jsonw_string(w, "title", list->v[i].title);
		jsonw_string(w, "fingerprint",
			     *list->v[i].fingerprint ? list->v[i].fingerprint : NULL);
		jsonw_string(w, "name", list->v[i].name);
		jsonw_end_object(w);
	}
	jsonw_end_array(w);
}

static int write_json(struct compare_ctx *ctx, struct err *err)
{
	const struct compare *c = ctx->c;
	struct jsonw w;
	int r;

	jsonw_init(&w, ctx->r.sink, true);
	jsonw_begin_object(&w, NULL);
	jsonw_uint(&w, "format", COMPARE_JSON_VERSION);
	jsonw_int(&w, "exit_status", c->status);
	put_strings(&w, "reasons", &c->reasons);
	put_strings(&w, "expired", &c->expired);
	put_strings(&w, "notes", &c->notes);
	put_side(&w, "baseline", c->a, c->ran_a);
	put_side(&w, "new", c->b, c->ran_b);
	jsonw_begin_object(&w, "changes");
	for (int i = 0; i < COMPARE_COUNT; i++)
		jsonw_uint(&w, compare_change_name((enum compare_change)i), c->n[i]);
	jsonw_end_object(&w);
	put_crashes(&w, "crashes_new", &c->appeared);
	put_crashes(&w, "crashes_gone", &c->gone);
	jsonw_begin_array(&w, "cases");
	for (size_t i = 0; i < c->n_rows; i++)
		put_row(&w, &c->rows[i]);
	jsonw_end_array(&w);
	jsonw_end_object(&w);
	r = jsonw_finish(&w);
	return r < 0 ? err_errno(err, -r, "cannot write the comparison") : 0;
}

const struct compare_ops compare_json = {
	.name = "json",
	.help = "every case on both sides (docs/en/REPORT-FORMATS.md)",
	.write = write_json,
};
