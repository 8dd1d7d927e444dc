/* SPDX-License-Identifier: MIT */
/*
 * report_model: a run in memory, as every format needs it.
 *
 * Owns copies of what it read, but for details and events, which are read when they are shown, and
 * for plain cases, where the reader wants them walked (report_walk.h) instead of held.
 * Called by report/ alone.
 */
#ifndef REPORT_REPORT_MODEL_H
#define REPORT_REPORT_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "store/store_expected.h"
#include "store/store_read.h"

struct report_fact {
	char *key, *value;
};
struct report_facts {
	struct report_fact *v;
	size_t n;
};

struct report_boot {
	struct store_boot_row row;
	struct report_facts facts;
};

/* A case, one verdict of all its attempts. What follows the outcomes is of the attempt that tells
 * most. */
struct report_result {
	const char *name;
	enum verdict verdict;
	bool flaky; /* verdict is pass */
	unsigned int attempts, outcomes[VERDICT_COUNT];
	unsigned int samples, samples_bad; /* as in struct store_case_row */
	enum verdict telling;		   /* the verdict of that attempt */
	int64_t id;
	const struct report_expected *known; /* the entry that speaks of it, or NULL */
	const char *reason;		     /* "" when nothing was said */
	const char *fingerprint;
	bool has_detail;
	int64_t boot; /* 0: never booted */
	uint64_t begin_us, end_us, console_from, console_to;
};

/* A known failure (store/store_expected.h); its strings are owned here. */
struct report_expected {
	struct store_expected entry;
	bool over;	    /* past its day when the run was made: it counts no more */
	unsigned int cases; /* of this run that it speaks of */
};

struct report_metric {
	char *name, *unit;
	double value;
};

struct report_cell {
	struct store_cell cell; /* its strings are owned here */
	uint64_t begin_us, end_us;
	struct report_facts facts;
	struct report_boot *boots;
	size_t n_boots;
	struct report_result *results; /* that are held, in the order in which they were asked */
	size_t n_results, n_plain;     /* held, and counted only */
	struct report_metric *metrics;
	size_t n_metrics;
	struct verdict_tally tally;
	unsigned int missing; /* planned (fact "planned") but without a result */
};

struct report_model {
	char *dir;
	const char *state; /* "running", "finished", "interrupted" */
	struct report_facts facts;
	struct report_cell *cells;
	size_t n_cells;
	bool has_kut, has_reference;
	struct report_expected *expected;
	size_t n_expected, n_over; /* past their day and with cases in this run */
	uint64_t end_us;	   /* last thing recorded */
	struct verdict_tally total;
};

/* The whole run, of one moment. */
int report_model_load(struct store *s, struct report_model *ret_model, struct err *err);
/*
 * The same without its plain cases, which are counted: every attempt passed and no known failure
 * speaks of it, and where the run has both kernels, the same holds for the other one's answer. What
 * is held grows with what there is to tell, not with what was asked. The caller reads between
 * store_read_begin() and store_read_end().
 */
int report_model_load_telling(struct store *s, struct report_model *ret_model, struct err *err);
void report_model_release(struct report_model *m);

/* A case as it was read: its texts are borrowed, and known failures are not laid over it. */
struct report_result report_result_of(const struct store_case_row *row);
/* Cases of the cell. */
size_t report_n_cases(const struct report_cell *c);
/* It asks the same: scenario and lane. */
bool report_same_kind(const struct report_cell *a, const struct report_cell *b);
/* NULL when there is none. */
const char *report_fact(const struct report_facts *f, const char *key);
/* What a reader must know beside the figures, note by note, NULL: no more; *at begins as 0. */
const char *report_next_note(const struct report_model *m, size_t *at);
/* The boot of a result, or NULL. */
const struct report_boot *report_boot_of(const struct report_cell *c,
					 const struct report_result *r);
/* NULL when there is none. */
const struct report_metric *report_metric(const struct report_cell *c, const char *name);
bool report_is_kut(const struct report_cell *c);
/* A fact of the cell's first boot that knows it ("accel", "profile"), or fallback. */
const char *report_boot_fact(const struct report_cell *c, const char *key, const char *fallback);
/* "static probes", with the profile where it was chosen; the caller frees. */
char *report_cell_title(const struct report_cell *c);
/* The command that asks again, fit for a shell; the caller frees. */
char *report_again(const struct report_cell *c, const struct report_result *r);
/* "cells/1/boot1/console.log:1234", relative to the run folder, or NULL; the caller frees. */
char *report_where(const struct report_cell *c, const struct report_result *r);
/* The console is worth a look: it said something meanwhile, or its silence is what is asked about.
 */
bool report_has_console(const struct report_result *r);
/* "1.2 s", "3 m 04 s"; buf is returned. */
const char *report_duration(uint64_t us, char *buf, size_t n);

#endif
