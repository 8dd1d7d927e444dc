/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "base/cleanup.h"
#include "report/report_attempts.h"
#include "report/report_expected.h"
#include "report/report_formats.h"
#include "report/report_model_json.h"
#include "report/report_profiles.h"
#include "report/report_walk.h"
#include "wire/jsonw.h"

static void put_facts(struct jsonw *w, const char *key, const struct report_facts *f)
{
	jsonw_begin_object(w, key);
	for (size_t i = 0; i < f->n; i++)
		jsonw_string(w, f->v[i].key, f->v[i].value);
	jsonw_end_object(w);
}

static void put_tally(struct jsonw *w, const char *key, const struct verdict_tally *t)
{
	jsonw_begin_object(w, key);
	for (int v = 0; v < VERDICT_COUNT; v++)
		jsonw_uint(w, verdict_name((enum verdict)v), t->n[v]);
	jsonw_uint(w, "flaky", t->flaky);
	jsonw_end_object(w);
}

static int put_event(void *arg, const struct store_event_row *e)
{
	struct jsonw *w = arg;

	jsonw_begin_object(w, NULL);
	jsonw_uint(w, "time_us", e->time_us);
	jsonw_string(w, "kind", e->kind);
	jsonw_string(w, "text", e->text);
	jsonw_end_object(w);
	return w->error;
}

static int put_boot(struct report_ctx *ctx, struct jsonw *w, const struct report_boot *b,
		    struct err *err)
{
	int r;

	jsonw_begin_object(w, NULL);
	jsonw_int(w, "id", b->row.id);
	jsonw_uint(w, "number", b->row.number);
	jsonw_uint(w, "begin_us", b->row.begin_us);
	jsonw_uint(w, "last_us", b->row.last_us);
	jsonw_uint(w, "events_dropped", b->row.events_dropped);
	put_facts(w, "facts", &b->facts);
	jsonw_begin_array(w, "events");
	r = store_each_event(ctx->store, b->row.id, put_event, w, err);
	jsonw_end_array(w);
	jsonw_end_object(w);
	return r;
}

static void put_boot_id(struct jsonw *w, int64_t boot)
{
	if (boot)
		jsonw_int(w, "boot", boot);
	else
		jsonw_null(w, "boot");
}

static void put_known(struct jsonw *w, const struct report_result *r)
{
	const struct store_expected *e = r->known ? &r->known->entry : NULL;

	if (!e) {
		jsonw_null(w, "known");
		return;
	}
	jsonw_begin_object(w, "known");
	jsonw_string(w, "file", e->file);
	jsonw_uint(w, "line", e->line);
	jsonw_string(w, "pattern", e->name);
	jsonw_string(w, "verdicts", e->verdicts);
	jsonw_string(w, "owner", e->owner);
	jsonw_string(w, "reason", e->reason);
	jsonw_string(w, "issue", e->issue);
	jsonw_string(w, "expires", e->expires);
	jsonw_bool(w, "expired", r->known->over);
	jsonw_end_object(w);
}

struct writing {
	struct report_ctx *ctx;
	struct jsonw *w;
};

static void put_attempt(void *arg, const struct report_attempts *a)
{
	struct writing *at = arg;
	struct jsonw *w = at->w;
	_autofree_ char *detail = NULL;

	store_read_detail(at->ctx->store, a->id, &detail, NULL);
	jsonw_begin_object(w, NULL);
	jsonw_uint(w, "attempt", a->first);
	jsonw_bool(w, "retry", a->retry);
	jsonw_string(w, "verdict", verdict_name(a->verdict));
	jsonw_string(w, "reason", a->reason);
	jsonw_string(w, "detail", detail ? detail : "");
	put_boot_id(w, a->boot);
	jsonw_uint(w, "begin_us", a->begin_us);
	jsonw_uint(w, "end_us", a->end_us);
	jsonw_uint(w, "console_from", a->console_from);
	jsonw_uint(w, "console_to", a->console_to);
	jsonw_end_object(w);
}

static int put_result(void *arg, const struct report_cell *c, const struct report_result *r)
{
	struct writing *at = arg;
	struct report_ctx *ctx = at->ctx;
	struct jsonw *w = at->w;
	_autofree_ char *detail = report_detail(ctx, r);
	_autofree_ char *again = report_again(c, r);

	jsonw_begin_object(w, NULL);
	jsonw_string(w, "name", r->name);
	jsonw_string(w, "verdict", verdict_name(r->verdict));
	jsonw_bool(w, "flaky", r->flaky);
	put_known(w, r);
	jsonw_string(w, "reason", r->reason);
	jsonw_string(w, "detail", detail);
	jsonw_string(w, "fingerprint", *r->fingerprint ? r->fingerprint : NULL);
	put_boot_id(w, r->boot);
	jsonw_uint(w, "begin_us", r->begin_us);
	jsonw_uint(w, "end_us", r->end_us);
	jsonw_uint(w, "console_from", r->console_from);
	jsonw_uint(w, "console_to", r->console_to);
	jsonw_string(w, "again", again);
	jsonw_begin_array(w, "attempts");
	report_each_attempt(ctx, c, r, put_attempt, at);
	jsonw_end_array(w);
	jsonw_end_object(w);
	return w->error;
}

static void put_metrics(struct jsonw *w, const struct report_cell *c)
{
	jsonw_begin_array(w, "metrics");
	for (size_t i = 0; i < c->n_metrics; i++) {
		jsonw_begin_object(w, NULL);
		jsonw_string(w, "name", c->metrics[i].name);
		jsonw_double(w, "value", c->metrics[i].value);
		jsonw_string(w, "unit", c->metrics[i].unit);
		jsonw_end_object(w);
	}
	jsonw_end_array(w);
}

static int put_cell(struct report_ctx *ctx, struct jsonw *w, const struct report_cell *c,
		    struct err *err)
{
	int r = 0;

	jsonw_begin_object(w, NULL);
	jsonw_int(w, "id", c->cell.id);
	jsonw_string(w, "role", c->cell.role);
	jsonw_string(w, "kernel", c->cell.kernel);
	jsonw_string(w, "target", c->cell.target);
	jsonw_string(w, "profile", c->cell.profile);
	jsonw_string(w, "lane", c->cell.lane);
	jsonw_string(w, "scenario", c->cell.scenario);
	jsonw_uint(w, "begin_us", c->begin_us);
	jsonw_uint(w, "end_us", c->end_us);
	jsonw_uint(w, "missing", c->missing);
	put_tally(w, "verdicts", &c->tally);
	put_facts(w, "facts", &c->facts);
	jsonw_begin_array(w, "boots");
	for (size_t i = 0; r == 0 && i < c->n_boots; i++)
		r = put_boot(ctx, w, &c->boots[i], err);
	jsonw_end_array(w);
	jsonw_begin_array(w, "results");
	if (r == 0)
		r = report_each_case(ctx, c, put_result, &(struct writing){ctx, w}, err);
	jsonw_end_array(w);
	put_metrics(w, c);
	jsonw_end_object(w);
	return r;
}

static void put_side(struct jsonw *w, const char *key, const struct report_result *r)
{
	if (r)
		jsonw_string(w, key, verdict_name(r->verdict));
	else
		jsonw_null(w, key);
}

static int put_pair(void *arg, const struct report_pair *p)
{
	static const char *const words[] = {
		[RELATION_SAME] = "same",
		[RELATION_GAP] = "gap",
		[RELATION_KNOWN] = "known",
		[RELATION_FLAKY] = "flaky",
		[RELATION_UNSTABLE] = "unstable on the reference",
		[RELATION_NOT_COMPARABLE] = "not comparable",
	};
	const struct report_cell *c = p->kut_cell ? p->kut_cell : p->reference_cell;
	struct jsonw *w = arg;

	jsonw_begin_object(w, NULL);
	jsonw_string(w, "scenario", c->cell.scenario);
	jsonw_string(w, "lane", c->cell.lane);
	jsonw_string(w, "name", report_pair_name(p));
	jsonw_string(w, "relation", words[p->relation]);
	jsonw_string(w, "why", p->why);
	put_side(w, "kut", p->kut);
	put_side(w, "reference", p->reference);
	jsonw_end_object(w);
	return w->error;
}

static void put_profile(void *arg, const struct report_profile *p)
{
	struct jsonw *w = arg;

	jsonw_begin_object(w, NULL);
	jsonw_string(w, "profile", p->name);
	jsonw_string(w, "state", report_profile_state(p));
	jsonw_uint(w, "passed", p->n_passed);
	jsonw_uint(w, "gaps", p->n_gaps);
	jsonw_uint(w, "unknown", p->n_unknown);
	jsonw_string(w, "closed_by_scenario", p->first ? p->first->kut_cell->cell.scenario : NULL);
	jsonw_string(w, "closed_by", p->first ? report_pair_name(p->first) : NULL);
	jsonw_end_object(w);
}

static int write_json(struct report_ctx *ctx, struct err *err)
{
	const struct report_model *m = ctx->model;
	struct jsonw w;
	int r, finished;

	jsonw_init(&w, ctx->sink, true);
	jsonw_begin_object(&w, NULL);
	jsonw_uint(&w, "format", REPORT_JSON_VERSION);
	jsonw_string(&w, "state", m->state);
	jsonw_int(&w, "exit_status", report_gaps_exit(m, ctx->gaps));
	jsonw_uint(&w, "end_us", m->end_us);
	put_facts(&w, "facts", &m->facts);
	put_tally(&w, "verdicts", &m->total);
	jsonw_uint(&w, "gaps", ctx->gaps->n_gaps);
	jsonw_uint(&w, "unstable_on_reference", ctx->gaps->n_unstable);
	jsonw_uint(&w, "not_comparable", ctx->gaps->n_not_comparable);
	jsonw_uint(&w, "expired", m->n_over);
	jsonw_begin_array(&w, "compared");
	r = report_each_pair(ctx, put_pair, &w, err);
	jsonw_end_array(&w);
	jsonw_begin_array(&w, "profiles");
	report_each_profile(m, ctx->gaps, put_profile, &w);
	jsonw_end_array(&w);
	jsonw_begin_array(&w, "cells");
	for (size_t i = 0; r == 0 && i < m->n_cells; i++)
		r = put_cell(ctx, &w, &m->cells[i], err);
	jsonw_end_array(&w);
	jsonw_end_object(&w);
	finished = jsonw_finish(&w);
	if (finished < 0)
		return err_errno(err, -finished, "cannot write the report");
	return r;
}

const struct report_ops report_json = {
	.name = "json",
	.help = "everything but raw artefacts (docs/en/REPORT-FORMATS.md)",
	.extension = "json",
	.write = write_json,
};
