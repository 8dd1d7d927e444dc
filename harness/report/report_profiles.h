/* SPDX-License-Identifier: MIT */
/*
 * report_profiles: which machines the gaps of a kernel close off.
 *
 * Owns nothing; points into the gaps. Pure. A machine is one that a scenario names (or the command
 * line): it is open when the kernel under test passed all that the reference passed on it.
 */
#ifndef REPORT_REPORT_PROFILES_H
#define REPORT_REPORT_PROFILES_H

#include "report/report_gaps.h"

struct report_profile {
	const char *name;
	size_t n_passed, n_gaps; /* steps of its scenarios; known failures are gaps here */
	size_t n_unknown;	 /* that say nothing of it: skipped, flaky, not comparable */
	const struct report_pair *first; /* the gap that comes first, NULL: there is none */
};

/* Calls fn once for each machine, in the order in which they were run. */
void report_each_profile(const struct report_model *m, const struct report_gaps *g,
			 void (*fn)(void *arg, const struct report_profile *p), void *arg);
bool report_has_profiles(const struct report_model *m, const struct report_gaps *g);
/* "open", "closed", or "unknown": nothing says that it is closed, and not all that it is open. */
const char *report_profile_state(const struct report_profile *p);
/* All of it on one line, as it came: "NAME: closed by SCENARIO: "STEP": WHY (3 passed, …)". */
char *report_profile_text(const struct report_profile *p);

#endif
