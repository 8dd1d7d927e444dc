/* SPDX-License-Identifier: MIT */
#include "report/report_expected.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

void report_expected_add(struct report_model *m, const struct store_expected *e)
{
	m->expected = xreallocarray(m->expected, m->n_expected + 1, sizeof(*m->expected));
	m->expected[m->n_expected++] = (struct report_expected){.entry = store_expected_dup(e)};
}

void report_expected_release(struct report_model *m)
{
	for (size_t i = 0; i < m->n_expected; i++)
		store_expected_release(&m->expected[i].entry);
	free(m->expected);
	m->expected = NULL;
	m->n_expected = 0;
}

/* The first that speaks of the case. */
struct report_expected *report_expected_of(const struct report_model *m,
					   const struct report_cell *c, const char *name)
{
	for (size_t i = 0; i < m->n_expected; i++)
		if (expected_matches(&m->expected[i].entry, &c->cell, name))
			return &m->expected[i];
	return NULL;
}

struct verdict_merged report_expected_merge(const struct report_result *r,
					    const unsigned int outcomes[VERDICT_COUNT])
{
	struct verdict_merged merged = verdict_merge(outcomes);

	if (!r->known || r->known->over)
		return merged;
	return expected_apply(&r->known->entry, merged, outcomes);
}

struct verdict_merged report_expected_lay(const struct report_model *m, const struct report_cell *c,
					  struct report_result *r)
{
	struct verdict_merged merged;

	r->known = report_expected_of(m, c, r->name);
	merged = report_expected_merge(r, r->outcomes);
	r->verdict = merged.verdict;
	r->flaky = merged.flaky;
	return merged;
}

void report_expected_count(struct report_model *m, struct report_cell *c, struct report_result *r)
{
	struct verdict_merged merged = report_expected_lay(m, c, r);
	struct report_expected *e = r->known ? &m->expected[r->known - m->expected] : NULL;

	verdict_tally_add_merged(&c->tally, &merged);
	verdict_tally_add_merged(&m->total, &merged);
	if (e && e->cases++ == 0)
		m->n_over += e->over;
}

static void find_over(struct report_model *m)
{
	char day[EXPECTED_DAY_SIZE];

	expected_day(report_fact(&m->facts, "begin.wall_us"), day);
	for (size_t i = 0; i < m->n_expected; i++)
		m->expected[i].over = expected_is_over(&m->expected[i].entry, day);
}

void report_expected_apply(struct report_model *m)
{
	find_over(m);
	m->n_over = 0;
	m->total = (struct verdict_tally){{0}};
	for (size_t i = 0; i < m->n_cells; i++) {
		struct report_cell *c = &m->cells[i];

		c->tally = (struct verdict_tally){{0}};
		for (size_t j = 0; j < c->n_results; j++)
			report_expected_count(m, c, &c->results[j]);
	}
}

static int take(void *arg, const struct store_expected *e)
{
	report_expected_add(arg, e);
	return 0;
}

int report_expected_load(struct store *s, struct report_model *m, struct err *err)
{
	int r = store_each_expected(s, take, m, err);

	if (r == 0)
		find_over(m);
	return r;
}

char *report_expected_over_text(const struct report_expected *e)
{
	return xasprintf("%s:%u: %s: expired %s (%s, %s): %u case%s", e->entry.file, e->entry.line,
			 e->entry.name, e->entry.expires, e->entry.owner, e->entry.issue, e->cases,
			 e->cases == 1 ? "" : "s");
}

char *report_expected_text(const struct report_result *r)
{
	const struct store_expected *e = r->known ? &r->known->entry : NULL;
	const char *head;

	if (!e)
		return xstrdup("");
	if (r->known->over)
		head = "no longer a known failure";
	else if (r->verdict == VERDICT_XFAIL)
		head = "known failure";
	else if (r->verdict == VERDICT_XPASS)
		head = "no failure, though one is known";
	else if (r->verdict == VERDICT_PASS && !r->flaky)
		head = "known to fail sometimes";
	else
		head = "known to fail in another way";
	/* What was seen stands beside it. */
	if (strcmp(e->reason, r->reason) == 0)
		return xasprintf("%s (%s, %s, %s %s)", head, e->owner, e->issue,
				 r->known->over ? "expired" : "until", e->expires);
	return xasprintf("%s: %s (%s, %s, %s %s)", head, e->reason, e->owner, e->issue,
			 r->known->over ? "expired" : "until", e->expires);
}
