/* SPDX-License-Identifier: MIT */
/*
 * suite_select: which tests of a suite are run: allow and block lists, a filter, a shard.
 *
 * Owns its patterns. Called by run/suite*. Lists are files of one name a line with "#" comments; a
 * folder of such files blocks or allows, for the program that each is called after, the tests it
 * names (as gVisor's lists are kept).
 *
 * A name is a program ("open_test", by its path or its last part), a test of any program
 * ("Suite.Test"), one of a program ("open_test:Suite.Test") or a program as kselftest names it
 * ("timers:posix_timers"); "*" and "?" stand for what they do in a shell.
 */
#ifndef RUN_SUITE_SELECT_H
#define RUN_SUITE_SELECT_H

#include <stdbool.h>

#include "base/err.h"
#include "base/strv.h"

struct suite_rule {
	char *pattern;
	char *where; /* "file:line" */
	bool met;    /* it matched something */
};

struct suite_rules {
	struct suite_rule *v;
	size_t n;
	bool given; /* a list without a name allows nothing */
	/* Made when first asked: plain names, sorted, and the numbers of those with wildcards. */
	struct suite_rule **plain;
	size_t *wild;
	size_t n_plain, n_wild, indexed;
};

struct suite_select {
	struct suite_rules allow, block;
	char *filter;		     /* NULL: none */
	unsigned long shard, shards; /* from 1; 0 of 0: all */
	unsigned long part, parts;   /* of the shard, from 1; 0 of 0: all. Not part of the text. */
};

void suite_select_release(struct suite_select *s);
/* A file or a folder of files. ERR_USAGE when it cannot be read. */
int suite_select_load(struct suite_rules *rules, const char *path, struct err *err);

enum suite_choice { SUITE_RUN, SUITE_BLOCKED, SUITE_OUT };
/* test: NULL for a whole program. *ret_where: of the rule that blocked. A program of which only
 * some tests are allowed or blocked is to be run. */
enum suite_choice suite_select_ask(struct suite_select *s, const char *program, const char *test,
				   const char **ret_where);
/* May the program hold tests that are to be run? For one whose tests are not known yet. */
bool suite_select_may(struct suite_select *s, const char *program);

/* As text, for the worker. */
void suite_select_write(const struct suite_select *s, struct strv *lines);
bool suite_select_read(struct suite_select *s, const char *line);

#endif
