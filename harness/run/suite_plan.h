/* SPDX-License-Identifier: MIT */
/*
 * suite_plan: a folder of foreign test programs → the orders that the runner in the guest takes.
 *
 * Owns the plan's text, which is a file without a name: what a plan of many takes is no memory.
 * Called by run/plan (making it, before anything boots) and by run/suite (reading it, in the
 * worker). The text is what lies in the guest as /suite/plan, one line a program or test:
 *
 *   NAME FORMAT LIMIT_MS FLAGS DIR ARGUMENT…     a tab between two; see
 * guest-userland/suite/suite.h
 *
 * FORMAT "gtest-list" is a program that is asked for its tests first.
 */
#ifndef RUN_SUITE_PLAN_H
#define RUN_SUITE_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "machine/suite_image.h"
#include "run/suite_select.h"
#include "wire/suite.h"

#define SUITE_CASES_MAX 100000
#define SUITE_ENV_MAX	16 /* variables of the user's */
#define SUITE_ENV_BYTES 1000
#define SUITE_LIST	"gtest-list"
#define SUITE_RESULT	"/tmp/suite-result"
#define SUITE_LIMIT_S	60

struct suite_request {
	const char *dir;
	const char *format;	  /* of suite_formats; "auto" looks at each program */
	const char *runtest;	  /* LTP's list of commands, NULL: the programs of the folder */
	struct strv allow, block; /* files */
	struct strv env;	  /* K=V for the programs */
	const char *filter;
	int64_t limit_s; /* of one case, on a machine of the reference's speed; 0: as settings say,
			    else SUITE_LIMIT_S */
	bool per_binary; /* gtest: one case a program, not one a test */
};

struct suite_plan {
	char *name;    /* of the suite */
	char *command; /* that makes this plan again */
	struct strv env;
	struct suite_tree tree;
	struct suite_select select;
	struct suite_text text;
	size_t n;
	int64_t limit_s; /* of all of them, one after the other */
	bool lists;	 /* programs among them have to be asked for their tests */
};

/* ERR_USAGE when nothing is left to be run, a name comes twice or a list cannot be read. */
int suite_plan_make(const struct suite_request *req, struct suite_plan *ret_plan, struct err *err);
void suite_plan_release(struct suite_plan *p);

/* One field, a tab or a line end written so that it is none. */
void suite_plan_field(struct strbuf *text, const char *value);

#endif
