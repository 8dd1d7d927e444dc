/* SPDX-License-Identifier: MIT */
/*
 * crash_table: what each kernel says when it crashes, as rows.
 *
 * Owns nothing. Read by crash.c and crash_report.c; one file of rows for each kernel
 * (crash_dragonos.c, crash_linux.c). Everything that is known about a kernel's wording stands
 * there; the code knows none.
 *
 * Expressions are PCRE2, on bytes, with ^ and $ at line ends. "On a line": matched against one
 * line. "On the text": against all lines of the report, joined by LF, made printable.
 */
#ifndef DIAGNOSE_CRASH_TABLE_H
#define DIAGNOSE_CRASH_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "diagnose/crash.h"

enum crash_row_kind {
	/* On a line: a report begins. `word` is a literal part of what `re` matches, at least
	   CRASH_WORD_MIN bytes; it is what the fast search looks for. */
	ROW_HEADER,
	/* On the text: a weak header (ROW_WEAK) counts only if one of these matches. */
	ROW_CONFIRM,
	/* On a line of an open report: the class is decided (the gravest wins) and, with `lines`,
	   the report ends after so many more lines. */
	ROW_LINE,
	/* On the text: the title; first match in the table's order. */
	ROW_TITLE,
	/* On the text: an alternative title; all that match, in the table's order. */
	ROW_ALSO,
	/* On the text: missing from a report that is whole. */
	ROW_WHOLE,
	/* On a line of the text: capture 1 is the function of a frame. */
	ROW_FRAME,
	/* On a function: one that reports, not one that failed; no frame. */
	ROW_SKIP,
	/* In a function: each match is left out of its name. */
	ROW_DROP,
	/* On a path: captures 1 and 2 are all that is kept. */
	ROW_PATH,
	/* On the text: capture 1 is the process number, the instruction pointer (hexadecimal). */
	ROW_PID,
	ROW_IP,
	/* On the text: captures 1 and 2 are seconds and microseconds of the kernel's log at which
	   it begins. */
	ROW_STAMP,
	/* On a line that a header matches: suppressed, no crash after all. */
	ROW_NOT,
};

enum {
	ROW_WEAK = 1,	  /* header: the wording alone does not prove it, see ROW_CONFIRM */
	ROW_FRAGMENT = 2, /* header: in an open report of the same kernel it is just a line */
	ROW_TAIL = 4,	  /* header: may be the late end of a report that was closed without one */
	ROW_TAKES = 8,	  /* header: a report that it joins becomes one of its group */
	ROW_CONTINUES = 16, /* title: a consequence of the report before, which was still open */
	ROW_PARTIAL = 32,   /* title: the telling part of the text is missing */
	ROW_MIXES = 128,    /* header: the report before must be whole, or the two are mixed up */
	ROW_TOP = 64,	    /* frame: the innermost one, wherever it stands */
};

#define CRASH_NO_CLASS (-1)
#define CRASH_WORD_MIN 6

struct crash_row {
	enum crash_row_kind kind;
	int class; /* LINE, TITLE */
	unsigned int flags;
	unsigned int lines; /* HEADER: most lines, 0: the default, 1: reported at once;
			       LINE: 0: no end */
	const char *group;  /* HEADER: of the report it opens; else: groups, NULL: all */
	const char *joins;  /* HEADER: groups of an open report that it continues */
	const char *word;   /* HEADER */
	const char *re;
	const char *title; /* TITLE, ALSO: %1..%9 captures, %F innermost function (" in %F" goes
			      when there is none), %P1 capture 1 as a path */
};

struct crash_os {
	const char *name;
	const struct crash_row *rows;
	size_t n;
};

extern const struct crash_os crash_dragonos, crash_linux;

/* All kernels, NULL-terminated. */
extern const struct crash_os *const crash_oses[];

size_t crash_rows(void);
const struct crash_row *crash_row_at(size_t i);

/* For tests: a scanner that does not know row i. */
struct crash_scanner *crash_scanner_new_without(size_t i);

/* "a" stands in the list "a b c"; NULL is a list of everything. */
bool crash_in_list(const char *list, const char *word);

#endif
