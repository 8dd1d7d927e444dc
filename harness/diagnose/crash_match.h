/* SPDX-License-Identifier: MIT */
/*
 * crash_match: the rows of crash_table put to work.
 *
 * Owns the compiled expressions, one for each row, compiled when first asked for and kept for the
 * life of the process (rows are constant). The one user of PCRE2. Called by crash.c and
 * crash_report.c. Not for threads.
 *
 * Every match has a bound on its work: on text made to cost much it answers "no match".
 */
#ifndef DIAGNOSE_CRASH_MATCH_H
#define DIAGNOSE_CRASH_MATCH_H

#include <stdbool.h>
#include <stddef.h>

#include "diagnose/crash_table.h"

#define CRASH_CAPTURES 10

struct crash_match {
	/* Captures as offsets into the text; start == end: empty or not there. */
	size_t start[CRASH_CAPTURES], end[CRASH_CAPTURES];
};

/*
 * Does row i match in text? m may be NULL. `bol`: text begins at the beginning of a line.
 */
bool crash_match(size_t i, const char *text, size_t n, bool bol, struct crash_match *m);

/* For tests: from now on row i's expression is this one. */
void crash_match_as(size_t i, const char *text);

/* A quick look: might text hold the word of any header row? */
bool crash_word_in(const char *text, size_t n);

#endif
