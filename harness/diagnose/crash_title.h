/* SPDX-License-Identifier: MIT */
/*
 * crash_title: a template and what was captured -> a title that is the same for the same fault.
 *
 * Called by crash_report.c. Pure. Numbers become N, addresses ADDR; a digit inside a word (ext4,
 * x86_64) stays. The title is printable, at most CRASH_TITLE_MAX bytes, cut between characters.
 */
#ifndef DIAGNOSE_CRASH_TITLE_H
#define DIAGNOSE_CRASH_TITLE_H

#include <stddef.h>

#include "diagnose/crash.h"
#include "diagnose/crash_match.h"

struct crash_title {
	const char *text; /* that match is about */
	const struct crash_match *match;
	const char *function; /* for %F, or NULL */
	const char *path;     /* for %P1 */
};

void crash_title_make(const struct crash_title *t, const char *template,
		      char ret_title[CRASH_TITLE_MAX + 1]);
/* Only the length. */
void crash_title_fit(const char *s, char ret_title[CRASH_TITLE_MAX + 1]);

#endif
