/* SPDX-License-Identifier: MIT */
/*
 * caseset: a set of cases on one kernel, over as many boots as it takes.
 *
 * A case is whatever a runner in the guest asks of the kernel: a probe, a test of another project's
 * suite. Owns the answers, the machine of the moment and the search for who brought a crash. Called
 * by run/ for each kind of case set, with the runner's command and a parser of what it prints.
 * Never knows a runner's format.
 *
 *   caseset.c        the set and its rounds: each exec of the runner is a round
 *   caseset_window.c the cases that are in memory: what is asked next, and what is not final yet
 *   caseset_ask.c    one exec: what the runner says becomes answers, limits, how it ended
 *   caseset_guilt.c  after a crash: who brought it
 *   answer.h         which answers are suspects; pure
 */
#ifndef RUN_CASESET_H
#define RUN_CASESET_H

#include "base/err.h"
#include "base/strv.h"
#include "run/worker.h"
#include "store/verdict.h"

/*
 * What a parser tells, in the order of the stream. Strings need live during the call only. Cases
 * are asked one after the other: a begin, its text, its result.
 */
struct case_sink {
	/* The case is in flight and keeps its limit itself; past it (on a healthy machine of the
	 * reference's speed) and a grace the runner counts as silent. Names that were not asked
	 * are ignored. at_us: when, by the guest's CLOCK_MONOTONIC; 0: not known. */
	void (*begin)(void *arg, const char *name, uint64_t limit_ms, uint64_t at_us);
	/* A line of the case in flight, without its end. */
	void (*text)(void *arg, const char *text);
	/* Only of the case in flight. reason: "" when there is none. */
	void (*result)(void *arg, const char *name, enum verdict v, const char *reason);
	/* The stream contradicts itself; becomes an event of this boot. */
	void (*error)(void *arg, const char *text);
	void *arg;
};

struct case_runner {
	const char *format; /* of its output; the kind of the events that tell of errors in it */
	/*
	 * It gathers what it says, so that a machine that ends may have been further than it told:
	 * which case was in flight is known only where one alone was asked.
	 */
	bool lags;
	/*
	 * Appends to argv the command that asks these cases in this order. May put files into the
	 * guest. Called before each exec, on a machine that is up. Other than 0: as errors of
	 * chan_put() and friends.
	 */
	int (*command)(void *arg, struct guest *g, const struct strv *names, struct strv *argv,
		       struct err *err);
	/* A parser for the standard output of one exec. The sink is valid until it is freed. */
	void *(*parser_new)(void *arg, const struct case_sink *sink);
	void (*parser_feed)(void *parser, const char *data, size_t n);
	void (*parser_free)(void *parser);
	/* A case's answer is final and in the store; optional. */
	void (*told)(void *arg, const struct store_result *result);
	void *arg;
};

/* Where the cases come from, always in the same order. Names are unique. */
struct case_source {
	size_t n; /* as many as come, or more */
	/* The first one is the next one again, of those that came. 0 or -errno. */
	int (*rewind)(void *arg, struct err *err);
	/* 1 with the next one's name, which the caller frees; -errno; 0: no more, unless waiting:
	 * so many are still to be asked, and the source may want to be asked after them. */
	int (*next)(void *arg, size_t waiting, char **ret_name, struct err *err);
	/* More may come when those have been asked; NULL: never. */
	bool (*has_more)(void *arg);
	/* A case has an answer, maybe not its last one; optional. */
	void (*answered)(void *arg);
	void *arg;
};

/*
 * Asks the cases, cell->repeat times over, then those that never passed cell->retries times more,
 * in fresh machines (run/retry.h), and writes each attempt to the store: no case is forgotten,
 * whatever the kernel does. In memory are those that are asked next (CASES_AHEAD at most) and those
 * whose crash text may still come, however many there are. 0; -EINTR; other errors are ours, not
 * the kernel's.
 */
#define CASES_AHEAD 1024
int caseset_run(struct worker *w, const struct case_source *source,
		const struct case_runner *runner, struct err *err);

#endif
