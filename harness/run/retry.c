/* SPDX-License-Identifier: MIT */
#include "run/retry.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

void retry_init(struct retry *r, const struct strv *names)
{
	*r = (struct retry){.names = names};
	r->outcomes = xcalloc(names->n + 1, sizeof(*r->outcomes));
}

void retry_release(struct retry *r)
{
	free(r->outcomes);
	*r = (struct retry){0};
}

void retry_note(struct retry *r, const char *name, enum verdict v)
{
	for (size_t i = 0; i < r->names->n; i++) {
		size_t at = (r->last + i) % r->names->n;

		if (strcmp(r->names->v[at], name) != 0)
			continue;
		r->outcomes[at][v]++;
		r->last = at;
		return;
	}
}

bool retry_wanted(const unsigned int outcomes[VERDICT_COUNT])
{
	struct verdict_merged m = verdict_merge(outcomes);
	unsigned int asked = 0;

	for (int v = 0; v < VERDICT_COUNT; v++)
		asked += outcomes[v];
	return asked && (m.verdict == VERDICT_FAIL || m.verdict == VERDICT_TIMEOUT ||
			 verdict_is_infra(m.verdict));
}

bool retry_case(const struct foreseen *foreseen, const char *name,
		const unsigned int outcomes[VERDICT_COUNT])
{
	return retry_wanted(outcomes) && !foreseen_has(foreseen, name, outcomes);
}

void retry_pick(const struct retry *r, struct strv *ret_names)
{
	for (size_t i = 0; i < r->names->n; i++)
		if (retry_case(r->foreseen, r->names->v[i], r->outcomes[i]))
			strv_push(ret_names, r->names->v[i]);
}

bool retry_has_crash(const struct retry *r)
{
	for (size_t i = 0; i < r->names->n; i++)
		if (r->outcomes[i][VERDICT_CRASH])
			return true;
	return false;
}
