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
	       a->result->flaky == b->result->flaky && a->result->attempts == b->result->attempts &&
	       a->result->known == b->result->known && *a->result->reason &&
	       strcmp(a->result->reason, b->result->reason) == 0;
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

struct report_list report_list_unstable(const struct report_gaps *g)
{
	struct report_list l = {0};

	for (size_t i = 0; i < g->n_pairs; i++) {
		const struct report_pair *p = &g->pairs[i];

		if (p->relation != RELATION_UNSTABLE)
			continue;
		add(&l, p->reference_cell, p->reference, p);
		if (p->kut->verdict != VERDICT_PASS || p->kut->flaky)
			add(&l, p->kut_cell, p->kut, p);
	}
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

/* What a list is of: results, and whether their pair is told elsewhere. */
struct choice {
	bool (*match)(const struct report_result *r, const struct choice *c);
	enum verdict verdict;
	const struct report_gaps *gaps;
};

/* In another list already: the gaps, or what is unstable on the reference. */
static bool told_elsewhere(const struct report_pair *p, const struct report_result *r)
{
	return p &&
	       ((p->relation == RELATION_GAP && p->kut == r) || p->relation == RELATION_UNSTABLE);
}

static struct report_list choose(const struct report_model *m, const struct choice *choice)
{
	struct report_list l = {0};

	for (size_t i = 0; i < m->n_cells; i++) {
		const struct report_cell *c = &m->cells[i];

		for (size_t j = 0; j < c->n_results; j++) {
			const struct report_result *r = &c->results[j];
			const struct report_pair *p;

			if (!choice->match(r, choice))
				continue;
			p = choice->gaps ? pair_of(choice->gaps, r) : NULL;
			if (!told_elsewhere(p, r))
				add(&l, c, r, p);
		}
	}
	find_leaders(&l);
	return l;
}

static bool match_problem(const struct report_result *r, const struct choice *c)
{
	return verdict_is_bad(r->verdict) || verdict_is_infra(r->verdict) ||
	       r->verdict == VERDICT_XPASS;
}

static bool match_verdict(const struct report_result *r, const struct choice *c)
{
	return r->verdict == c->verdict && !r->flaky;
}

static bool match_flaky(const struct report_result *r, const struct choice *c)
{
	return r->flaky;
}

struct report_list report_list_problems(const struct report_model *m, const struct report_gaps *g)
{
	return choose(m, &(struct choice){.match = match_problem, .gaps = g});
}

struct report_list report_list_flaky(const struct report_model *m, const struct report_gaps *g)
{
	return choose(m, &(struct choice){.match = match_flaky, .gaps = g});
}

struct report_list report_list_of(const struct report_model *m, enum verdict v)
{
	return choose(m, &(struct choice){.match = match_verdict, .verdict = v});
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
