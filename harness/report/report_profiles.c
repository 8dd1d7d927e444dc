/* SPDX-License-Identifier: MIT */
#include "report/report_profiles.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/strv.h"
#include "base/xalloc.h"

/* NULL: it is about no machine in particular. */
static const char *profile_of(const struct report_cell *c)
{
	return *c->cell.profile && strcmp(c->cell.scenario, "probes") != 0 ? c->cell.profile : NULL;
}

static const char *profile_of_pair(const struct report_pair *p)
{
	return profile_of(p->kut_cell ? p->kut_cell : p->reference_cell);
}

/* In the order of the cases: those of the kernel under test come first. */
static struct strv names_of(const struct report_model *m, const struct report_gaps *g)
{
	struct strv names = STRV_INIT;

	for (size_t i = 0; m->has_reference && i < m->n_cells; i++) {
		const struct report_cell *c = &m->cells[i];
		const char *name = profile_of(c);

		if (report_is_kut(c) && report_n_cases(c) && name && !strv_has(&names, name))
			strv_push(&names, name);
	}
	for (size_t i = 0; i < g->n_pairs; i++) {
		const char *name = profile_of_pair(&g->pairs[i]);

		if (name && !strv_has(&names, name))
			strv_push(&names, name);
	}
	return names;
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

static bool is_of(const char *name, const char *profile)
{
	return profile && strcmp(profile, name) == 0;
}

void report_each_profile(const struct report_model *m, const struct report_gaps *g,
			 void (*fn)(void *arg, const struct report_profile *p), void *arg)
{
	_cleanup_(strv_release) struct strv names = names_of(m, g);

	for (size_t i = 0; i < names.n; i++) {
		struct report_profile p = {.name = names.v[i]};

		for (size_t k = 0; k < m->n_cells; k++)
			if (report_is_kut(&m->cells[k]) && is_of(p.name, profile_of(&m->cells[k])))
				p.n_passed += m->cells[k].n_plain;
		for (size_t k = 0; k < g->n_pairs; k++)
			if (is_of(p.name, profile_of_pair(&g->pairs[k])))
				add(&p, &g->pairs[k]);
		fn(arg, &p);
	}
}

bool report_has_profiles(const struct report_model *m, const struct report_gaps *g)
{
	_cleanup_(strv_release) struct strv names = names_of(m, g);

	return names.n > 0;
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
