/* SPDX-License-Identifier: MIT */
/*
 * suite_cases: the lines of a plan as cases: which are asked, which are blocked, which tests a
 * googletest program turned out to hold.
 *
 * Owns the cases. Called by run/suite alone. Pure but for reading the plan's file.
 */
#ifndef RUN_SUITE_CASES_H
#define RUN_SUITE_CASES_H

#include "base/err.h"
#include "base/strv.h"
#include "run/suite_plan.h"

struct suite_case {
	char *name;			       /* unique; the set's names own it */
	const struct suite_format_ops *format; /* NULL: it is asked for its tests */
	char *only;			       /* the one test it is asked for, or NULL */
	char *program;			       /* that a test belongs to; NULL: it is one */
	char *line;		     /* its line of the plan, where the plan is put together anew */
	unsigned long number;	     /* of the line that the guest knows */
	struct strv tests;	     /* what a program that was asked for its tests holds */
	struct suite_answer *answer; /* tests inside it, until it is told; NULL: none */
};

struct suite_cases {
	struct suite_case *v;
	size_t n;
	size_t whole;	   /* how many all parts of the set choose, blocked ones among them */
	struct strv names; /* of them, in order */
	size_t last;	   /* where suite_cases_find() looks first */
};

/* The tests inside it. */
void suite_case_forget(struct suite_case *c);
void suite_cases_release(struct suite_cases *c);
/* Everything that the plan names; *ret_lines: how many lines it has. */
int suite_cases_read(const char *path, struct suite_cases *ret_cases, struct err *err);
/* By number (ascending in a set), by name (asked in order). NULL: not among them. */
struct suite_case *suite_cases_at(struct suite_cases *c, unsigned long number);
struct suite_case *suite_cases_find(struct suite_cases *c, const char *name);
/* Bits for the runner: those of these names. The caller frees. */
char *suite_cases_bits(struct suite_cases *c, const struct strv *names);

/* The programs that have to be asked for their tests, taken out of all. */
void suite_cases_take_lists(struct suite_cases *all, struct suite_select *select,
			    struct suite_cases *ret_lists);
/*
 * What is run, in the plan's order: programs, and the tests that lists hold. Others by what
 * told(arg, name, where) is called with: where a rule blocks them. Numbers are given anew when
 * there were lists; *ret_text is then the plan that the guest needs.
 */
void suite_cases_choose(const struct suite_cases *all, const struct suite_cases *lists,
			struct suite_select *select, struct suite_cases *ret_cases,
			void (*blocked)(void *arg, const char *name, const char *where), void *arg);
void suite_cases_renumber(struct suite_cases *c, struct strbuf *text);

#endif
