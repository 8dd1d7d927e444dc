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

/* Read those of the run folder, and lay them over. */
int report_expected_load(struct store *s, struct report_model *m, struct err *err);
/* Others instead of them. */
void report_expected_set(struct report_model *m, const struct store_expected *v, size_t n);
void report_expected_release(struct report_model *m);

/* Entries past their day that speak of a case of this run. */
size_t report_expected_over(const struct report_model *m);
/* "file:line: pattern: expired day (owner, issue): n cases"; the caller frees. */
char *report_expected_over_text(const struct report_expected *e);
/* "known failure: reason (owner, issue, until day)", as far as the entry still says so; "" without
 * one. The caller frees. */
char *report_expected_text(const struct report_result *r);

#endif
