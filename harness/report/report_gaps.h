/* SPDX-License-Identifier: MIT */
/*
 * report_gaps: the kernel under test beside the reference, case by case.
 *
 * Owns the list and its words; points into the model, which must outlive it. Pure.
 *
 * A case is the same when scenario, lane and name are. What is compared are the outcomes of all its
 * attempts (verdict_outcome_set). A gap passes on the reference, every time, and is bad on the
 * kernel under test, every time, or crashed it once. Where the reference does not always answer the
 * same, nobody is accused. What was seen on one side only, or is in doubt on either, is not
 * comparable, with the reason: never a pass.
 */
#ifndef REPORT_REPORT_GAPS_H
#define REPORT_REPORT_GAPS_H

#include <stddef.h>

#include "report/report_model.h"

enum report_relation {
	RELATION_SAME,		 /* pass on both, or skipped on both */
	RELATION_GAP,		 /* passes on the reference, bad on the kernel under test */
	RELATION_KNOWN,		 /* the same, and expect/ says so */
	RELATION_FLAKY,		 /* passes on the reference, not every time on the other */
	RELATION_UNSTABLE,	 /* several outcomes on the reference: accuses nobody */
	RELATION_NOT_COMPARABLE, /* why says what is missing */
};

struct report_pair {
	enum report_relation relation;
	const char *why;				     /* RELATION_NOT_COMPARABLE */
	const struct report_cell *kut_cell, *reference_cell; /* one may be NULL */
	const struct report_result *kut, *reference;	     /* one may be NULL */
};

struct report_gaps {
	struct report_pair *pairs;
	size_t n_pairs;
	size_t n_gaps, n_known, n_flaky, n_unstable, n_not_comparable;
};

/* Of the cases that the model holds. Empty unless the run has both kernels. */
void report_gaps(const struct report_model *m, struct report_gaps *ret_gaps);
void report_gaps_release(struct report_gaps *g);
/* The case's name, whichever side has it. */
const char *report_pair_name(const struct report_pair *p);
/* Exit status of a run, by the rules at report_status(). */
int report_gaps_exit(const struct report_model *m, const struct report_gaps *g);

#endif
