/* SPDX-License-Identifier: MIT */
#include "report/report_walk.h"

#include <string.h>

#include "report/report_expected.h"

struct cases {
	const struct report_model *model;
	const struct report_cell *cell;
	int (*fn)(void *arg, const struct report_cell *c, const struct report_result *r);
	void *arg;
};

static int give_case(void *arg, const struct store_case_row *row)
{
	const struct cases *cs = arg;
	struct report_result r = report_result_of(row);

	report_expected_lay(cs->model, cs->cell, &r);
	return cs->fn(cs->arg, cs->cell, &r);
}

int report_each_case(struct report_ctx *ctx, const struct report_cell *c,
		     int (*fn)(void *arg, const struct report_cell *c,
			       const struct report_result *r),
		     void *arg, struct err *err)
{
	struct cases cs = {ctx->model, c, fn, arg};

	return store_each_case(ctx->store, c->cell.id, give_case, &cs, err);
}

struct pairs {
	struct report_ctx *ctx;
	size_t next; /* of the gaps' list */
	int (*fn)(void *arg, const struct report_pair *p);
	void *arg;
	struct err *err;
};

static int take_time(void *arg, const struct store_result_row *row)
{
	struct report_result *r = arg;

	r->begin_us = row->result.begin_us;
	r->end_us = row->result.end_us;
	return 1;
}

/* As report_gaps() finds it: the reference's cell of the same profile, or else the first. */
static int find_reference(const struct pairs *ps, struct report_pair *p,
			  struct report_result *reference)
{
	const struct report_model *m = ps->ctx->model;

	for (size_t i = 0; i < m->n_cells; i++) {
		const struct report_cell *c = &m->cells[i];
		bool same = strcmp(c->cell.profile, p->kut_cell->cell.profile) == 0;
		struct report_result found = {.name = p->kut->name, .verdict = VERDICT_PASS};
		int r;

		if (report_is_kut(c) || !report_same_kind(c, p->kut_cell) ||
		    (p->reference_cell && !same))
			continue;
		r = store_each_attempt(ps->ctx->store, c->cell.id, found.name, take_time, &found,
				       ps->err);
		if (r < 0)
			return r;
		if (r) {
			*reference = found;
			p->reference_cell = c;
		}
		if (r && same)
			break;
	}
	p->reference = reference;
	return 0;
}

static int give_pair(void *arg, const struct report_cell *c, const struct report_result *r)
{
	struct pairs *ps = arg;
	const struct report_gaps *g = ps->ctx->gaps;
	const struct report_pair *next = &g->pairs[ps->next];
	struct report_pair plain = {.relation = RELATION_SAME, .kut_cell = c, .kut = r};
	struct report_result reference;
	int found;

	if (ps->next < g->n_pairs && next->kut_cell == c && strcmp(next->kut->name, r->name) == 0) {
		ps->next++;
		return ps->fn(ps->arg, next);
	}
	found = find_reference(ps, &plain, &reference);
	return found < 0 ? found : ps->fn(ps->arg, &plain);
}

int report_each_pair(struct report_ctx *ctx, int (*fn)(void *arg, const struct report_pair *p),
		     void *arg, struct err *err)
{
	const struct report_model *m = ctx->model;
	const struct report_gaps *g = ctx->gaps;
	struct pairs ps = {.ctx = ctx, .fn = fn, .arg = arg, .err = err};
	int r = 0;

	for (size_t i = 0; r == 0 && m->has_reference && i < m->n_cells; i++)
		if (report_is_kut(&m->cells[i]))
			r = report_each_case(ctx, &m->cells[i], give_pair, &ps, err);
	while (r == 0 && ps.next < g->n_pairs)
		r = fn(arg, &g->pairs[ps.next++]);
	return r;
}

size_t report_n_pairs(const struct report_ctx *ctx)
{
	const struct report_model *m = ctx->model;
	size_t n = ctx->gaps->n_pairs;

	for (size_t i = 0; m->has_reference && i < m->n_cells; i++)
		if (report_is_kut(&m->cells[i]))
			n += m->cells[i].n_plain;
	return n;
}
