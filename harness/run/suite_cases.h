/* SPDX-License-Identifier: MIT */
/*
 * suite_cases: the lines of a plan as cases: which are asked, which are blocked, which tests a
 * googletest program turned out to hold.
 *
 * Owns the cases that are in memory, which are those that the set asks now: plans and lists are
 * files, read line by line. Called by run/suite alone.
 */
#ifndef RUN_SUITE_CASES_H
#define RUN_SUITE_CASES_H

#include <stdio.h>

#include "base/err.h"
#include "base/strv.h"
#include "run/suite_plan.h"

struct suite_case {
	char *name;			       /* unique */
	const struct suite_format_ops *format; /* NULL: it is asked for its tests */
	char *only;			       /* the one test it is asked for, or NULL */
	unsigned long number;		       /* of its line, from 0 */
	struct suite_answer *answer;	       /* tests inside it, until it is told; NULL: none */
	bool told;			       /* it is final */
};

void suite_case_release(struct suite_case *c);
/* The tests inside it. */
void suite_case_forget(struct suite_case *c);

/* Of a plan, line by line. The file stays the caller's. */
struct suite_lines {
	FILE *file;
	bool tests; /* a line of googletest is about one test */
	char *line; /* that was read last, without its end */
	size_t room;
	unsigned long n; /* of lines that were read */
};

void suite_lines_release(struct suite_lines *l);
void suite_lines_rewind(struct suite_lines *l);
/* 1 with the case of the next line that is not empty, the caller's; 0: no more; -errno. */
int suite_lines_next(struct suite_lines *l, struct suite_case *ret_case, struct err *err);

/* Cases in the order of their lines. */
struct suite_cases {
	struct suite_case *v;
	size_t n, room;
	size_t last; /* where suite_cases_find() looks first */
};

void suite_cases_release(struct suite_cases *c);
/* Takes the case over; what is told is forgotten, so that cases move. */
void suite_cases_add(struct suite_cases *c, const struct suite_case *one);
/* By number, by name (asked in order). NULL: not among them. */
struct suite_case *suite_cases_at(struct suite_cases *c, unsigned long number);
struct suite_case *suite_cases_find(struct suite_cases *c, const char *name);
/* Bits for the runner: those of these names. The caller frees. */
char *suite_cases_bits(struct suite_cases *c, const struct strv *names);

/* What programs said that they hold: their tests in a file, one a line. */
struct suite_lists {
	FILE *file;
	struct suite_list {
		unsigned long number; /* of the program's line */
		off_t at;
		size_t n;
	} * v;
	size_t n;
	size_t asked; /* programs */
};

void suite_lists_release(struct suite_lists *l);
/* The program has these, and no others. */
struct suite_list *suite_lists_begin(struct suite_lists *l, unsigned long number);
void suite_lists_add(struct suite_lists *l, struct suite_list *list, const char *test);

/* What of a plan is run. */
struct suite_chooser {
	struct suite_select *select;
	struct suite_lists *lists;
	/* What a rule blocks is told. */
	void (*blocked)(void *arg, const char *name, const char *where);
	void *arg;
	/* suite_choose: */
	size_t n;     /* lines that are run */
	size_t whole; /* how many all parts of the set choose, blocked ones among them */
	bool shards;  /* some program is cut by its own shards */
	size_t nth;   /* of those that the shards share */
};

/*
 * Copies the lines that are run: programs, and the tests that lists hold. Without lists the others
 * stay behind as empty lines, so that each has the number that it has in the plan.
 */
int suite_choose(struct suite_chooser *ch, FILE *plan, FILE *chosen, struct err *err);

#endif
