/* SPDX-License-Identifier: MIT */
#include "report/compare_pair.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "report/report_expected.h"

static bool same_machine(const struct report_cell *x, const struct report_cell *y)
{
	return strcmp(x->cell.profile, y->cell.profile) == 0;
}

/* Some cell of the side asks the same of another machine than c's. */
static bool has_other_machine(const struct report_side *s, const struct report_cell *c)
{
	const struct report_cell *first = NULL;

	for (size_t i = 0; i < s->model.n_cells; i++) {
		const struct report_cell *o = &s->model.cells[i];

		if (!report_side_is_subject(s, o) || !report_same_kind(o, c))
			continue;
		if (first && !same_machine(o, first))
			return true;
		first = first ? first : o;
	}
	return false;
}

static bool matches(const struct strv *only, const char *name)
{
	for (size_t i = 0; only && i < only->n; i++)
		if (fnmatch(only->v[i], name, 0) == 0)
			return true;
	return !only || !only->n;
}

int compare_slots(const struct compare_slot *x, const struct compare_slot *y)
{
	int r = strcmp(x->c.cell->cell.scenario, y->c.cell->cell.scenario);

	if (r == 0)
		r = strcmp(x->c.cell->cell.lane, y->c.cell->cell.lane);
	if (r == 0)
		r = strcmp(x->machine, y->machine);
	return r ? r : strcmp(x->c.result->name, y->c.result->name);
}

static int by_slot(const void *x, const void *y)
{
	return compare_slots(x, y);
}

static int by_slot_and_order(const void *x, const void *y)
{
	const struct compare_slot *a = x, *b = y;
	int r = compare_slots(a, b);

	return r ? r : a->order < b->order ? -1 : a->order > b->order;
}

/* Two cells that asked the same are attempts at one case. */
static void fold(struct compare_slot *into, const struct compare_slot *other)
{
	struct verdict_merged m;

	for (int v = 0; v < VERDICT_COUNT; v++)
		into->outcomes[v] += other->outcomes[v];
	into->c.seen = verdict_merge(into->outcomes);
	m = report_expected_merge(into->c.result, into->outcomes);
	if (into->c.result->telling != m.telling && other->c.result->telling == m.telling) {
		into->c.cell = other->c.cell;
		into->c.result = other->c.result;
	}
	into->c.verdict = m.verdict;
	into->c.flaky = m.flaky;
}

static void fold_repeats(struct compare_cases *cases)
{
	size_t kept = 0;

	for (size_t i = 0; i < cases->n; i++) {
		if (kept && compare_slots(&cases->v[kept - 1], &cases->v[i]) == 0)
			fold(&cases->v[kept - 1], &cases->v[i]);
		else
			cases->v[kept++] = cases->v[i];
	}
	cases->n = kept;
}

static void add_cell(struct compare_cases *cases, const struct report_cell *c, bool machine,
		     const struct strv *only)
{
	for (size_t j = 0; j < c->n_results; j++) {
		const struct report_result *r = &c->results[j];

		if (!matches(only, r->name))
			continue;
		cases->v[cases->n] = (struct compare_slot){
			.c = {.cell = c,
			      .result = r,
			      .verdict = r->verdict,
			      .flaky = r->flaky,
			      .seen = verdict_merge(r->outcomes)},
			.machine = machine ? c->cell.profile : "",
			.order = cases->n,
		};
		memcpy(cases->v[cases->n++].outcomes, r->outcomes, sizeof(r->outcomes));
	}
}

void compare_collect(const struct report_side *side, const struct report_side *other, bool subject,
		     const struct strv *only, struct compare_cases *ret_cases)
{
	struct compare_cases cases = {0};
	size_t room = 0;

	for (size_t i = 0; i < side->model.n_cells; i++)
		room += side->model.cells[i].n_results;
	cases.v = xcalloc(room + 1, sizeof(*cases.v));
	for (size_t i = 0; i < side->model.n_cells; i++) {
		const struct report_cell *c = &side->model.cells[i];

		/* The reference runs on a machine of its own choice. */
		if (report_side_is_subject(side, c) == subject)
			add_cell(&cases, c,
				 subject && (has_other_machine(side, c) ||
					     has_other_machine(other, c)),
				 only);
	}
	qsort(cases.v, cases.n, sizeof(*cases.v), by_slot_and_order);
	fold_repeats(&cases);
	*ret_cases = cases;
}

void compare_cases_release(struct compare_cases *cases)
{
	free(cases->v);
	*cases = (struct compare_cases){0};
}

const struct compare_slot *compare_find(const struct compare_cases *cases,
					const struct compare_slot *key)
{
	return cases->n ? bsearch(key, cases->v, cases->n, sizeof(*cases->v), by_slot) : NULL;
}

bool compare_kind_passes(const struct compare_cases *cases, const struct compare_slot *key)
{
	for (size_t i = 0; i < cases->n; i++)
		if (cases->v[i].c.verdict == VERDICT_PASS &&
		    report_same_kind(cases->v[i].c.cell, key->c.cell) &&
		    strcmp(cases->v[i].machine, key->machine) == 0)
			return true;
	return false;
}
