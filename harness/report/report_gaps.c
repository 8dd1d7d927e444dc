/* SPDX-License-Identifier: MIT */
#include "report/report_gaps.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "report/report_expected.h"

struct row {
	const struct report_cell *cell;
	const struct report_result *result;
};

struct rows {
	struct row *v;
	size_t n;
};

/* Same question: scenario, lane, name. */
static int compare_question(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	int r = strcmp(x->cell->cell.scenario, y->cell->cell.scenario);

	if (r == 0)
		r = strcmp(x->cell->cell.lane, y->cell->cell.lane);
	return r ? r : strcmp(x->result->name, y->result->name);
}

/* Among several cells that asked, the order in which they were planned. */
static int compare_rows(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	int r = compare_question(a, b);

	if (r)
		return r;
	return x->cell->cell.id < y->cell->cell.id ? -1 : x->cell->cell.id > y->cell->cell.id;
}

static struct rows collect(const struct report_model *m, bool kut)
{
	struct rows rows = {0};
	size_t room = 0;

	for (size_t i = 0; i < m->n_cells; i++)
		room += m->cells[i].n_results;
	rows.v = xcalloc(room + 1, sizeof(*rows.v));
	for (size_t i = 0; i < m->n_cells; i++) {
		const struct report_cell *c = &m->cells[i];

		for (size_t j = 0; report_is_kut(c) == kut && j < c->n_results; j++)
			rows.v[rows.n++] = (struct row){c, &c->results[j]};
	}
	qsort(rows.v, rows.n, sizeof(*rows.v), compare_rows);
	return rows;
}

/* The reference's answer to the same question; the one from the same profile where several are. */
static const struct row *find(const struct rows *rows, const struct row *key)
{
	const struct row *first =
		bsearch(key, rows->v, rows->n, sizeof(*rows->v), compare_question);
	const struct row *end = rows->v + rows->n;

	if (!first)
		return NULL;
	while (first > rows->v && compare_question(first - 1, key) == 0)
		first--;
	for (const struct row *r = first; r < end && compare_question(r, key) == 0; r++)
		if (strcmp(r->cell->cell.profile, key->cell->cell.profile) == 0)
			return r;
	return first;
}

/* "boot" is written only when it goes wrong: a reference that gave any answer did boot. */
static const struct report_cell *booted_reference(const struct report_model *m,
						  const struct row *kut)
{
	if (strcmp(kut->result->name, "boot") != 0)
		return NULL;
	for (size_t i = 0; i < m->n_cells; i++) {
		const struct report_cell *c = &m->cells[i];

		if (!report_is_kut(c) && c->tally.n[VERDICT_PASS] && report_same_kind(c, kut->cell))
			return c;
	}
	return NULL;
}

static const char *doubt(enum verdict reference, enum verdict kut)
{
	if (verdict_is_infra(reference))
		return "the reference has no verdict of its own: lost or broken";
	if (verdict_is_infra(kut))
		return "the kernel under test has no verdict of its own: lost or broken";
	if (reference == VERDICT_SKIP)
		return "skipped on the reference";
	if (kut == VERDICT_SKIP)
		return "skipped on the kernel under test";
	return "the reference does not pass it: the case or its set-up is in doubt";
}

static bool is_unstable(const struct report_result *r)
{
	unsigned int set = verdict_outcome_set(r->outcomes);

	return (set & (set - 1)) != 0;
}

static void relate(struct report_pair *p)
{
	enum verdict ref = p->reference->verdict, kut = p->kut->verdict;

	if (is_unstable(p->reference))
		p->relation = RELATION_UNSTABLE;
	else if (ref == VERDICT_PASS && p->kut->flaky)
		p->relation = RELATION_FLAKY;
	else if (ref == VERDICT_PASS && verdict_is_bad(kut))
		p->relation = RELATION_GAP;
	else if (ref == VERDICT_PASS && kut == VERDICT_XFAIL)
		p->relation = RELATION_KNOWN;
	else if (ref == kut && (ref == VERDICT_PASS || ref == VERDICT_SKIP))
		p->relation = RELATION_SAME;
	else if (ref == VERDICT_PASS && kut == VERDICT_XPASS)
		p->relation = RELATION_SAME;
	else
		p->why = doubt(ref, kut);
}

static void add_kut(const struct report_model *m, struct report_gaps *g, const struct row *kut,
		    const struct row *ref)
{
	struct report_pair *p = &g->pairs[g->n_pairs++];

	*p = (struct report_pair){
		.relation = RELATION_NOT_COMPARABLE, .kut_cell = kut->cell, .kut = kut->result};
	if (ref) {
		p->reference_cell = ref->cell;
		p->reference = ref->result;
		relate(p);
	} else if (verdict_is_bad(kut->result->verdict) && booted_reference(m, kut)) {
		p->reference_cell = booted_reference(m, kut);
		p->relation = RELATION_GAP;
	} else {
		p->why = "not seen on the reference";
	}
}

static void add_reference_only(struct report_gaps *g, const struct row *ref)
{
	g->pairs[g->n_pairs++] = (struct report_pair){
		.relation = RELATION_NOT_COMPARABLE,
		.why = "not seen on the kernel under test",
		.reference_cell = ref->cell,
		.reference = ref->result,
	};
}

/* In the order in which they were run, which is the order in which they are told. */
static void add_all_kut(const struct report_model *m, struct report_gaps *g, const struct rows *ref)
{
	for (size_t i = 0; i < m->n_cells; i++) {
		const struct report_cell *c = &m->cells[i];

		for (size_t j = 0; report_is_kut(c) && j < c->n_results; j++) {
			struct row kut = {c, &c->results[j]};

			add_kut(m, g, &kut, find(ref, &kut));
		}
	}
}

static void count(struct report_gaps *g)
{
	for (size_t i = 0; i < g->n_pairs; i++) {
		g->n_gaps += g->pairs[i].relation == RELATION_GAP;
		g->n_known += g->pairs[i].relation == RELATION_KNOWN;
		g->n_flaky += g->pairs[i].relation == RELATION_FLAKY;
		g->n_unstable += g->pairs[i].relation == RELATION_UNSTABLE;
		g->n_not_comparable += g->pairs[i].relation == RELATION_NOT_COMPARABLE;
	}
}

void report_gaps(const struct report_model *m, struct report_gaps *ret_gaps)
{
	struct rows kut, ref;

	*ret_gaps = (struct report_gaps){0};
	if (!m->has_kut || !m->has_reference)
		return;
	kut = collect(m, true);
	ref = collect(m, false);
	ret_gaps->pairs = xcalloc(kut.n + ref.n + 1, sizeof(*ret_gaps->pairs));
	add_all_kut(m, ret_gaps, &ref);
	for (size_t i = 0; i < ref.n; i++)
		if (!bsearch(&ref.v[i], kut.v, kut.n, sizeof(*kut.v), compare_question))
			add_reference_only(ret_gaps, &ref.v[i]);
	count(ret_gaps);
	free(kut.v);
	free(ref.v);
}

void report_gaps_release(struct report_gaps *g)
{
	free(g->pairs);
	*g = (struct report_gaps){0};
}

const char *report_pair_name(const struct report_pair *p)
{
	return p->kut ? p->kut->name : p->reference->name;
}

/* What a pair adds to the tally that decides the exit status. */
static enum verdict weigh(const struct report_pair *p)
{
	if (!p->kut)
		return VERDICT_BROKEN;
	if (p->relation == RELATION_UNSTABLE)
		return VERDICT_SKIP;
	if (p->relation == RELATION_NOT_COMPARABLE && verdict_is_bad(p->kut->verdict))
		return VERDICT_BROKEN;
	return p->kut->verdict;
}

int report_gaps_exit(const struct report_model *m, const struct report_gaps *g)
{
	struct verdict_tally t = {{0}};
	bool both = m->has_kut && m->has_reference;

	for (size_t i = 0; i < g->n_pairs; i++)
		verdict_tally_add(&t, weigh(&g->pairs[i]));
	for (size_t i = 0; i < m->n_cells; i++) {
		const struct report_cell *c = &m->cells[i];

		if (c->missing)
			verdict_tally_add(&t, VERDICT_BROKEN);
		for (size_t j = 0; j < c->n_results; j++) {
			enum verdict v = c->results[j].verdict;

			if (!both)
				verdict_tally_add(&t, v);
			else if (!report_is_kut(c) && v != VERDICT_PASS && v != VERDICT_SKIP &&
				 v != VERDICT_XFAIL)
				verdict_tally_add(&t, VERDICT_BROKEN);
		}
	}
	/* Nobody may forget an entry: one past its day fails as an unexpected pass does. */
	if (m->n_over)
		verdict_tally_add(&t, VERDICT_XPASS);
	/* A shard may have no case. */
	if (strcmp(m->state, "finished") != 0 || (!m->n_cells && !report_fact(&m->facts, "shard")))
		verdict_tally_add(&t, VERDICT_BROKEN);
	return verdict_tally_exit(&t);
}
