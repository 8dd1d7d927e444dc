/* SPDX-License-Identifier: MIT */
/*
 * comparison: what compare and gate have in common: two runs, the options that tell how, the
 * report.
 */
#ifndef CMD_COMPARISON_H
#define CMD_COMPARISON_H

#include <stdbool.h>

#include "base/strv.h"
#include "cmd/verb.h"
#include "report/compare.h"

struct comparison {
	const char *a, *b; /* baseline and new run: folders, or JSON reports of them */
	const char *format, *output;
	struct strv only;   /* patterns of names */
	const char *expect; /* known failures of b; "none"; NULL: those of its run */
	struct strv past;   /* folders of earlier runs */
	bool verbose, gate;
	/* Filled by comparison_load(). */
	struct report_side side_a, side_b;
	struct history history;
	struct compare compare;
};

/* Child parser with --format, --output, --only, --verbose. */
extern const struct argp comparison_argp;
void comparison_init(struct comparison *c);
void comparison_release(struct comparison *c);
int comparison_load(struct comparison *c, struct err *err);
/* Write the report where it was asked for. */
int comparison_report(const struct comparison *c, struct err *err);

#endif
