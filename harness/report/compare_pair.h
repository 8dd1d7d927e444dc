/* SPDX-License-Identifier: MIT */
/*
 * compare_pair: which case of one run is which of another.
 *
 * Owns its arrays; points into the sides. Pure. Called by compare alone.
 */
#ifndef REPORT_COMPARE_PAIR_H
#define REPORT_COMPARE_PAIR_H

#include <stddef.h>

#include "report/compare.h"

/* The cases of one side that matter, one of a name and machine, in the order of their names. */
struct compare_cases {
	struct compare_slot *v;
	size_t n;
};
struct compare_slot {
	struct compare_case c;
	const char *machine; /* profile, "" where it does not matter */
	unsigned int outcomes[VERDICT_COUNT];
	size_t order; /* in which it ran */
};

/* Of the kernel that the run is about (subject), or of the reference beside it. */
void compare_collect(const struct report_side *side, const struct report_side *other, bool subject,
		     const struct strv *only, struct compare_cases *ret_cases);
void compare_cases_release(struct compare_cases *cases);
/* Same question: scenario, lane, machine, name. */
int compare_slots(const struct compare_slot *x, const struct compare_slot *y);
/* NULL when there is none. */
const struct compare_slot *compare_find(const struct compare_cases *cases,
					const struct compare_slot *key);
/* The cell's kind (scenario, lane, machine) has a pass among cases. */
bool compare_kind_passes(const struct compare_cases *cases, const struct compare_slot *key);

#endif
