/* SPDX-License-Identifier: MIT */
/*
 * history_judge: what the marks of one case amount to.
 *
 * Owns nothing. Pure. Called by history alone.
 */
#ifndef REPORT_HISTORY_JUDGE_H
#define REPORT_HISTORY_JUDGE_H

#include "report/history.h"

char history_mark_of(enum verdict v, bool flaky);
/* Of two marks of one case in one run. */
char history_worse_mark(char a, char b);
/* Fill standing, bounds and rate from the marks, which are in the order of the runs. */
void history_judge(const struct history *h, struct history_case *k);
/* The run whose reason tells most of a case; past the last one when none does. */
size_t history_telling_run(const struct history *h, const struct history_case *k);

#endif
