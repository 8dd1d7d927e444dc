/* SPDX-License-Identifier: MIT */
/*
 * store_expected: failures that were known when the run was made, and what they make of a verdict.
 *
 * The entries of the file that was in force lie in the run folder, so that a run is complete in
 * itself. The results there are what was seen; the expectation is laid over their merged verdict
 * when they are read. Called by run/ (writes) and report/ (reads and applies).
 */
#ifndef STORE_STORE_EXPECTED_H
#define STORE_STORE_EXPECTED_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "store/store.h"

struct store_expected {
	const char *role; /* of the cells it is about: "kut" or "reference" */
	const char *file; /* where it stands */
	unsigned int line;
	const char *name;	     /* shell pattern of cases */
	const char *scenario, *lane; /* shell pattern; a lane. NULL: any */
	const char *verdicts;	     /* of "fail", "timeout", "crash", "flaky"; commas between */
	const char *owner, *reason, *issue;
	const char *expires; /* "YYYY-MM-DD", the last day on which it counts */
};

int store_add_expected(struct store *s, const struct store_expected *e, struct err *err);
/* In the order in which they were added; what the callback is given is valid until it returns. */
int store_each_expected(struct store *s, int (*fn)(void *arg, const struct store_expected *e),
			void *arg, struct err *err);

/* A copy that owns its strings. */
struct store_expected store_expected_dup(const struct store_expected *e);
void store_expected_release(struct store_expected *e);

/* Those of one run folder into another, but for those that are there. */
int store_copy_expected(struct store *to, struct store *from, struct err *err);

/* It speaks of this case. */
bool expected_matches(const struct store_expected *e, const struct store_cell *cell,
		      const char *name);
#define EXPECTED_DAY_SIZE 16
/* "YYYY-MM-DD" on which the run began that says so in its fact "begin.wall_us"; NULL: today. */
void expected_day(const char *begin_wall_us, char ret_day[EXPECTED_DAY_SIZE]);
/* day: of the run. */
bool expected_is_over(const struct store_expected *e, const char *day);
/*
 * The verdict of a case that an entry in force speaks of:
 *
 *   every outcome that counts is among those expected      xfail
 *   flaky, and that is expected                            xfail
 *   pass every time, and flaky is not expected             xpass
 *   otherwise (worse than expected, skip, lost, …)         as it was
 */
struct verdict_merged expected_apply(const struct store_expected *e, struct verdict_merged seen,
				     const unsigned int outcomes[VERDICT_COUNT]);

#endif
