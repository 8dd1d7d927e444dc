/* SPDX-License-Identifier: MIT */
/*
 * crash_report: the lines of one report -> title, class, frames, fingerprint.
 *
 * Called by crash.c. Pure.
 */
#ifndef DIAGNOSE_CRASH_REPORT_H
#define DIAGNOSE_CRASH_REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"
#include "diagnose/crash_table.h"

struct crash_report {
	bool open;
	const struct crash_os *os;
	size_t first_row; /* index of os->rows[0] among all rows */
	const char *group;
	unsigned int flags;
	struct strbuf text;
	unsigned int n_lines, lines_left;
	uint64_t offset, end;
	uint64_t seen;	/* fragments, a bit for each row */
	int class;	/* by late lines, or CRASH_NO_CLASS */
	bool disturbed; /* a line is cut or another report fell into it */
};

/* The title's row, NULL: none (the header was a weak one and nothing confirms it). */
const struct crash_row *crash_report_row(const struct crash_report *r, size_t without);
/* Fill *ret_crash; false: no crash after all. `without`: a row to leave out, or SIZE_MAX. */
bool crash_report_close(struct crash_report *r, size_t without, struct crash *ret_crash);
/* Every part that a whole report has is there. */
bool crash_report_is_whole(const struct crash_report *r, size_t without);

#endif
