/* SPDX-License-Identifier: MIT */
/*
 * report_list: which results a reader has to look at, and which of them say the same.
 *
 * Owns its array; points into the model. Pure.
 */
#ifndef REPORT_REPORT_LIST_H
#define REPORT_REPORT_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "report/report_gaps.h"
#include "report/report_model.h"

struct report_item {
	const struct report_cell *cell;
	const struct report_result *result;
	const struct report_pair *pair; /* NULL: without comparison */
	size_t leader; /* index of the first item of the same cell, verdict and reason */
	size_t also;   /* of a leader: how many follow it */
};

struct report_list {
	struct report_item *items;
	size_t n;
};

/* The kernel under test's side of the gaps. */
struct report_list report_list_gaps(const struct report_gaps *g);
/* Flaky cases: of the kernel under test where both ran, but for those of the next list. */
struct report_list report_list_flaky(const struct report_model *m, const struct report_gaps *g);
/* Unstable on the reference: its side, and the other one where that is more than a pass. */
struct report_list report_list_unstable(const struct report_gaps *g);
/* fail, timeout, crash, xpass, lost and broken that are no gap, of either kernel, and not in the
 * list before. */
struct report_list report_list_problems(const struct report_model *m, const struct report_gaps *g);
/* All of one verdict, which is not pass: report_walk.h has those. */
struct report_list report_list_of(const struct report_model *m, enum verdict v);
void report_list_release(struct report_list *l);

/* Pairs that are not comparable, by reason: calls fn once for each reason. */
struct report_doubts {
	const char *why;
	const struct report_pair **pairs;
	size_t n;
};
void report_each_doubt(const struct report_gaps *g,
		       void (*fn)(void *arg, const struct report_doubts *d), void *arg);

#endif
