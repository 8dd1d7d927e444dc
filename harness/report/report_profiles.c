/* SPDX-License-Identifier: MIT */
#include "report/report_profiles.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/xalloc.h"

/* NULL: it is about no machine in particular. */
static const char *profile_of(const struct report_pair *p)
{
	const struct report_cell *c = p->kut_cell ? p->kut_cell : p->reference_cell;

	return *c->cell.profile && strcmp(c->cell.scenario, "probes") != 0 ? c->cell.profile : NULL;
}

static bool told_before(const struct report_gaps *g, size_t i, const char *name)
{
	for (size_t k = 0; k < i; k++) {
		const char *other = profile_of(&g->pairs[k]);

		if (other && strcmp(other, name) == 0)
			return true;
	}
	return false;
}

static void add(struct report_profile *p, const struct report_pair *pair)
{
	bool gap = pair->relation == RELATION_GAP || pair->relation == RELATION_KNOWN;
	bool pass = pair->relation == RELATION_SAME && pair->kut->verdict != VERDICT_SKIP;

	p->n_gaps += gap;
	p->n_passed += pass;
	p->n_unknown += !gap && !pass;
	if (gap && !p->first)
		p->first = pair;
}

void report_each_profile(const struct report_gaps *g,
			 void (*fn)(void *arg, const struct report_profile *p), void *arg)
{
	for (size_t i = 0; i < g->n_pairs; i++) {
		struct report_profile p = {.name = profile_of(&g->pairs[i])};

		if (!p.name || told_before(g, i, p.name))
			continue;
		for (size_t k = i; k < g->n_pairs; k++) {
			const char *other = profile_of(&g->pairs[k]);

			if (other && strcmp(other, p.name) == 0)
				add(&p, &g->pairs[k]);
		}
		fn(arg, &p);
	}
}

bool report_has_profiles(const struct report_gaps *g)
{
	for (size_t i = 0; i < g->n_pairs; i++)
		if (profile_of(&g->pairs[i]))
			return true;
	return false;
}

const char *report_profile_state(const struct report_profile *p)
{
	return p->n_gaps ? "closed" : p->n_unknown ? "unknown" : "open";
}

char *report_profile_text(const struct report_profile *p)
{
	_autofree_ char *first = NULL;

	if (p->first)
		first = xasprintf(" by %s: \"%s\"%s%s", p->first->kut_cell->cell.scenario,
				  report_pair_name(p->first), *p->first->kut->reason ? ": " : "",
				  p->first->kut->reason);
	return xasprintf("%s: %s%s (%zu passed, %zu gaps, %zu unknown)", p->name,
			 report_profile_state(p), first ? first : "", p->n_passed, p->n_gaps,
			 p->n_unknown);
}
