/* SPDX-License-Identifier: MIT */
/*
 * report_expected: known failures laid over the verdicts of a model.
 *
 * Owns the entries in the model. Called by the model's readers and by whoever holds a run against
 * another file of known failures. The outcomes in the model are what was seen and stay.
 */
#ifndef REPORT_REPORT_EXPECTED_H
#define REPORT_REPORT_EXPECTED_H

#include "report/report_model.h"

/* Read those of the run folder. The run's facts are known. */
int report_expected_load(struct store *s, struct report_model *m, struct err *err);
/* Others instead: take them out, add, lay over. The texts are copied. */
void report_expected_release(struct report_model *m);
void report_expected_add(struct report_model *m, const struct store_expected *e);
void report_expected_apply(struct report_model *m);

/* The entry that speaks of a case, or NULL. */
struct report_expected *report_expected_of(const struct report_model *m,
					   const struct report_cell *c, const char *name);
/* Lay that over a result which has none laid over it. */
struct verdict_merged report_expected_lay(const struct report_model *m, const struct report_cell *c,
					  struct report_result *r);
/* The same, and count it in cell and model. */
void report_expected_count(struct report_model *m, struct report_cell *c, struct report_result *r);

/* What a result's outcomes together with others amount to, under the entry that speaks of it. */
struct verdict_merged report_expected_merge(const struct report_result *r,
					    const unsigned int outcomes[VERDICT_COUNT]);
/* "file:line: pattern: expired day (owner, issue): n cases"; the caller frees. */
char *report_expected_over_text(const struct report_expected *e);
/* "known failure: reason (owner, issue, until day)", as far as the entry still says so; "" without
 * one. The caller frees. */
char *report_expected_text(const struct report_result *r);

#endif
