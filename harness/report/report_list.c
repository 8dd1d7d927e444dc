/* SPDX-License-Identifier: MIT */
#include "report/report_list.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

static void add(struct report_list *l, const struct report_cell *c, const struct report_result *r,
		const struct report_pair *p)
{
	if ((l->n & (l->n + 1)) == 0)
		l->items = xreallocarray(l->items, 2 * (l->n + 1), sizeof(*l->items));
	l->items[l->n++] = (struct report_item){.cell = c, .result = r, .pair = p};
}

static bool say_the_same(const struct report_item *a, const struct report_item *b)
{
	return a->cell == b->cell && a->result->verdict == b->result->verdict &&
	       *a->result->reason && strcmp(a->result->reason, b->result->reason) == 0;
}

static void find_leaders(struct report_list *l)
{
	for (size_t i = 0; i < l->n; i++) {
		size_t lead = 0;

		while (lead < i && (l->items[lead].leader != lead ||
				    !say_the_same(&l->items[lead], &l->items[i])))
			lead++;
		l->items[i].leader = lead;
		l->items[lead].also += lead != i;
	}
}

struct report_list report_list_gaps(const struct report_gaps *g)
{
	struct report_list l = {0};

	for (size_t i = 0; i < g->n_pairs; i++)
		if (g->pairs[i].relation == RELATION_GAP)
			add(&l, g->pairs[i].kut_cell, g->pairs[i].kut, &g->pairs[i]);
	find_leaders(&l);
	return l;
}

static const struct report_pair *pair_of(const struct report_gaps *g, const struct report_result *r)
{
	for (size_t i = 0; i < g->n_pairs; i++)
		if (g->pairs[i].kut == r || g->pairs[i].reference == r)
			return &g->pairs[i];
	return NULL;
}

static bool is_problem(enum verdict v)
{
	return verdict_is_bad(v) || verdict_is_infra(v) || v == VERDICT_XPASS;
}

static void add_matching(struct report_list *l, const struct report_model *m,
			 const struct report_gaps *g, bool (*match)(enum verdict v, void *arg),
			 void *arg)
{
	for (size_t i = 0; i < m->n_cells; i++) {
		const struct report_cell *c = &m->cells[i];

		for (size_t j = 0; j < c->n_results; j++) {
			const struct report_result *r = &c->results[j];
			const struct report_pair *p;

			if (!match(r->verdict, arg))
				continue;
			p = g ? pair_of(g, r) : NULL;
			if (!p || p->relation != RELATION_GAP || p->kut != r)
				add(l, c, r, p);
		}
	}
	find_leaders(l);
}

static bool match_problem(enum verdict v, void *arg)
{
	return is_problem(v);
}

static bool match_verdict(enum verdict v, void *arg)
{
	const enum verdict *want = arg;

	return *want == VERDICT_COUNT || v == *want;
}

struct report_list report_list_problems(const struct report_model *m, const struct report_gaps *g)
{
	struct report_list l = {0};

	add_matching(&l, m, g, match_problem, NULL);
	return l;
}

struct report_list report_list_of(const struct report_model *m, enum verdict v)
{
	struct report_list l = {0};

	add_matching(&l, m, NULL, match_verdict, &v);
	return l;
}

void report_list_release(struct report_list *l)
{
	free(l->items);
	*l = (struct report_list){0};
}

static bool told_before(const struct report_gaps *g, size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (g->pairs[j].relation == RELATION_NOT_COMPARABLE &&
		    strcmp(g->pairs[j].why, g->pairs[i].why) == 0)
			return true;
	return false;
}

void report_each_doubt(const struct report_gaps *g,
		       void (*fn)(void *arg, const struct report_doubts *d), void *arg)
{
	struct report_doubts d = {.pairs = xcalloc(g->n_pairs + 1, sizeof(struct report_pair *))};

	for (size_t i = 0; i < g->n_pairs; i++) {
		if (g->pairs[i].relation != RELATION_NOT_COMPARABLE || told_before(g, i))
			continue;
		d.why = g->pairs[i].why;
		d.n = 0;
		for (size_t j = i; j < g->n_pairs; j++)
			if (g->pairs[j].relation == RELATION_NOT_COMPARABLE &&
			    strcmp(g->pairs[j].why, d.why) == 0)
				d.pairs[d.n++] = &g->pairs[j];
		fn(arg, &d);
	}
	free(d.pairs);
}
