/* SPDX-License-Identifier: MIT */
/*
 * progress: what a worker tells while it works, and how a person or a program sees it.
 *
 * The worker writes lines to its standard output (progress_*), the scheduler reads them
 * (progress_parse). Neither is a result: results are in the store.
 */
#ifndef RUN_PROGRESS_H
#define RUN_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>

#include "store/verdict.h"

enum progress_kind {
	PROGRESS_BOOT,	 /* a machine starts; text: why ("first", "after crash: title") */
	PROGRESS_HELLO,	 /* the agent answered; text: "<ms> ms, accel, kernel release" */
	PROGRESS_BEGIN,	 /* a case begins; i of n; text: name */
	PROGRESS_RESULT, /* a case ended; i: which attempt; text: name, more: reason */
	PROGRESS_END,	 /* the cell ended in good order */
};

struct progress {
	enum progress_kind kind;
	unsigned int i, n;
	enum verdict verdict;
	char text[160];
	char more[400];
};

/* Writer, one line each to standard output. */
void progress_boot(const char *why);
void progress_hello(const char *text);
void progress_begin(unsigned int i, unsigned int n, const char *name);
void progress_result(enum verdict v, const char *name, unsigned int attempt, const char *reason);
void progress_end(void);

/* false: not a progress line. */
bool progress_parse(const char *line, struct progress *ret_progress);

#endif
