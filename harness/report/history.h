/* SPDX-License-Identifier: MIT */
/*
 * history: many runs, case by case: trend, flake rate, and between which runs a case went bad.
 *
 * Owns everything in it. Called by history_report and by cmd/. Reads run folders, never writes.
 * One run is in memory at a time; kept are some hundred bytes a run and a case, and eight bytes
 * for each case of each run.
 *
 * A run is what `harness` wrote in one call, or the JSON report of one. The kernel of a case has an
 * identity: its SHA-256, else file and release. A case that was good and bad with one kernel, or
 * within one run, is flaky.
 */
#ifndef REPORT_HISTORY_H
#define REPORT_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/rate.h"
#include "base/strv.h"
#include "report/report_model.h"
#include "store/verdict.h"

/* How a case was in one run; the letters of a trend. */
#define HISTORY_ABSENT	' '
#define HISTORY_GOOD	'.'
#define HISTORY_SKIP	's'
#define HISTORY_XFAIL	'x'
#define HISTORY_FLAKY	'~'
#define HISTORY_FAIL	'F'
#define HISTORY_TIMEOUT 'T'
#define HISTORY_CRASH	'C'
#define HISTORY_UNKNOWN '?' /* lost, broken */

struct history_run {
	char *path;
	char *kernel, *release, *sha256; /* of the kernel that the run is about; "" when unknown */
	uint64_t begin_us;		 /* since 1970; 0: unknown, sorts first */
	const char *state;
	struct verdict_tally tally; /* of that kernel */
	unsigned int group[2];	    /* identity of its kernel under test, its reference */
	unsigned int id;	    /* in the order in which it was read */
};

struct history_mark {
	char mark;
	uint16_t samples, bad; /* attempts at first hand, and how many of them did not pass */
};

enum history_standing {
	HISTORY_BAD,	/* bad now, and good before: last_good and first_bad are its bounds */
	HISTORY_FLAKED, /* good and bad with one kernel */
	HISTORY_ALWAYS_BAD,
	HISTORY_FIXED, /* good now, bad before */
	HISTORY_STABLE,
	HISTORY_NO_VERDICT, /* skipped, lost or broken wherever it ran */
	HISTORY_STANDINGS
};

struct history_case {
	char *role, *scenario, *lane, *profile, *name;
	struct history_mark *marks; /* one a run, in the order of runs[] */
	size_t room;
	enum history_standing standing;
	/* Of HISTORY_BAD: the newest run where it was good, and the first one after that where it
	 * was not. Of HISTORY_FIXED: the newest bad one, and the first good one after that. */
	size_t last, first;
	size_t unknown_between; /* runs between the two that say nothing */
	struct rate rate;	/* of failing with kernels on which it is flaky, 95 of 100 */
	uint64_t samples, samples_bad;
	char *reason; /* of HISTORY_BAD: in the first bad run, of HISTORY_ALWAYS_BAD: in the newest;
		       * else NULL */
};

struct history {
	struct history_run *runs; /* by time after history_finish() */
	size_t n_runs;
	struct history_case *cases; /* by standing, then by name */
	size_t n_cases, n[HISTORY_STANDINGS];
	struct strv damaged; /* "path: what is wrong" */
	size_t no_runs;	     /* folders that hold no run */
	/* Private. */
	size_t *table; /* hash of cases, index + 1 */
	size_t table_size;
	struct strv identities;
};

void history_init(struct history *h);
void history_release(struct history *h);
/*
 * A run folder, a JSON report, or a folder of run folders. What is damaged is named in h->damaged
 * and passed over. -ENOENT and so on when path itself cannot be read.
 */
int history_add(struct history *h, const char *path, struct err *err);
/* Keep the newest n runs alone (0: all), order, judge; nothing may be added afterwards. */
void history_finish(struct history *h, size_t newest);
/* After history_finish(): the case of that cell's kind is flaky. */
bool history_is_flaky(const struct history *h, const struct report_cell *c, const char *name);
const char *history_standing_name(enum history_standing standing);

#endif
