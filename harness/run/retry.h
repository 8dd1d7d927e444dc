/* SPDX-License-Identifier: MIT */
/*
 * retry: which cases are asked again, in a machine that nothing has touched.
 *
 * What failed, hung, was lost or broken and never passed is asked again, a given number of times
 * (--retries): all that wait for it in one fresh machine, so that a retry costs a boot and no more.
 * A case that only fails after another one tells itself from one that always fails. Both records
 * are kept; a crash is never asked away, and a failure that was known and came as it was known is
 * not asked again (it decides nothing, and would double the time of a kernel that has many). Cases
 * whose order matters (the steps of a scenario) are asked again all together, from the first.
 *
 * Owns the counts; the names stay the caller's. Called by run/. Pure.
 */
#ifndef RUN_RETRY_H
#define RUN_RETRY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strv.h"
#include "run/foreseen.h"
#include "store/verdict.h"

struct retry {
	const struct strv *names;
	unsigned int (*outcomes)[VERDICT_COUNT]; /* of each name, over all its attempts */
	size_t last;				 /* cases come in order */
	const struct foreseen *foreseen;	 /* NULL: nothing was; the caller's */
};

/* names: unique, unchanged while this lives. */
void retry_init(struct retry *r, const struct strv *names);
void retry_release(struct retry *r);
/* One more attempt at a case ended so. Names that are not among them are nobody's. */
void retry_note(struct retry *r, const char *name, enum verdict v);
/* What came of a case so far (how often each verdict) shall be asked again. */
bool retry_wanted(const unsigned int outcomes[VERDICT_COUNT]);
/* The same, but for a failure that was known and came as it was known. foreseen: NULL: nothing was.
 */
bool retry_case(const struct foreseen *foreseen, const char *name,
		const unsigned int outcomes[VERDICT_COUNT]);
/* Those that wait for it, in their order. */
void retry_pick(const struct retry *r, struct strv *ret_names);
/* Some case crashed the kernel. */
bool retry_has_crash(const struct retry *r);

#endif
