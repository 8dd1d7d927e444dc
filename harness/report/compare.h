/* SPDX-License-Identifier: MIT */
/*
 * compare: what changed between two runs, case by case, and whether a change may merge.
 *
 * Owns its rows; points into the two sides, which must outlive it. Pure. Called by compare_report
 * and by cmd/.
 *
 * A case is the same when scenario, lane and name are; machine profile and target count where a run
 * has several of them. What is compared is the kernel under test of each run, or the reference
 * where a run has no other. Several cells of one kind are parts of one.
 *
 * Known failures of the new run decide nothing but this: what regressed as they say is let through,
 * what passes against them is not, nor is an entry past its day that speaks of a case.
 *
 * A case has a level: absent, without verdict (lost, broken), skip, good, flaky, bad (fail,
 * timeout, xfail), crash. The two levels decide the change by a table (compare.c, docs/en/GATE.md).
 * Two bad ones, or two crashes, are the same when their words are, numbers apart, or their
 * fingerprints.
 */
#ifndef REPORT_COMPARE_H
#define REPORT_COMPARE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strv.h"
#include "report/history.h"
#include "report/report_side.h"

/* In the order in which they are told. */
enum compare_change {
	COMPARE_REGRESSION, /* worse than it was, and both are known for sure */
	COMPARE_UNEXPECTED, /* passes, though it is a known failure */
	COMPARE_UNKNOWABLE, /* one side has no verdict, or the reference does not pass either */
	COMPARE_MISSING,    /* in the baseline, not in the new run */
	COMPARE_FLAKY,	    /* not always the same on one side, or on the reference */
	COMPARE_CHANGED,    /* as bad as before, with other words or another crash */
	COMPARE_NEW,	    /* not in the baseline, or without a verdict there */
	COMPARE_PROGRESS,   /* better than it was */
	COMPARE_SAME,
	COMPARE_COUNT
};

/* A case on one side. */
struct compare_case {
	const struct report_cell *cell;	    /* NULL: absent */
	const struct report_result *result; /* of the attempt that tells most */
	enum verdict verdict;		    /* known failures laid over it */
	bool flaky;			    /* verdict is then pass */
	struct verdict_merged seen;	    /* what it was without them: this is what is compared */
};

struct compare_row {
	enum compare_change change;
	int gate;	 /* what it does to the gate's exit status: 0, 1 or 3 */
	const char *why; /* "" where the two verdicts say it all; static */
	const char *name;
	struct compare_case a, b; /* one may be absent */
	size_t order;
};

struct compare_crash {
	const char *title, *fingerprint; /* fingerprint "" when there is none */
	const char *name;		 /* of the case; NULL: nobody was accused */
};
struct compare_crashes {
	struct compare_crash *v;
	size_t n;
};

struct compare {
	const struct report_side *a, *b;
	const struct history *past;
	struct compare_row *rows; /* by change, then in the order in which they ran */
	size_t n_rows, n[COMPARE_COUNT];
	size_t ran_a, ran_b;		       /* cases with a verdict of the kernel's own */
	struct compare_crashes appeared, gone; /* crashes that only one side has */
	struct strv notes;		       /* what else differs: accelerator, profile, … */
	struct strv expired;		       /* known failures of the new run past their day */
	struct strv reasons;		       /* why the gate's exit status is not 0 */
	int status;			       /* of a gate: 0, 1, 3 */
};

/*
 * only: shell patterns of names, NULL or empty: all. past: earlier runs; what is flaky there is
 * flaky here too; NULL: none. -EINVAL (usage) when no name matches.
 */
int compare_sides(const struct report_side *a, const struct report_side *b, const struct strv *only,
		  const struct history *past, struct compare *ret_compare, struct err *err);
void compare_release(struct compare *c);

/* "regression", "unknowable", … */
const char *compare_change_name(enum compare_change change);
/* Of a case: its verdict, "flaky", or "absent". */
const char *compare_case_word(const struct compare_case *c);
/* Words of a case, "" when there are none. */
const char *compare_case_reason(const struct compare_case *c);
/* Cell of a row, of whichever side has it, the new one first. */
const struct report_cell *compare_row_cell(const struct compare_row *row);

#endif
