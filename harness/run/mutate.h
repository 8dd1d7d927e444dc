/* SPDX-License-Identifier: MIT */
/*
 * mutate: the probes of a guest under mutation (probes --mutate), and what comes of it in the
 * store.
 *
 * Owns nothing. Called by cmd/mutate. A result is a mutant, "probe/call/lie": pass when the probe
 * noticed the lie, fail when it did not, xfail when that is listed with a reason, xpass when it is
 * listed and not so. Lies that made a set-up broken, and calls that were not made again, have no
 * result: they are counted.
 */
#ifndef RUN_MUTATE_H
#define RUN_MUTATE_H

#include "base/err.h"
#include "base/strv.h"
#include "config/survivors.h"
#include "run/worker.h"

struct mutate_request {
	const struct strv *probes; /* names */
	unsigned int jobs;	   /* mutants side by side in the guest */
	const struct survivors *known;
	void (*progress)(void *arg, unsigned int done, unsigned int planned); /* or NULL */
	void *arg;
};

struct mutate_score {
	unsigned int probes;		/* asked honestly: all, */
	unsigned int skipped, unstable; /* of these those that skip or fail, so are not lied to */
	unsigned int noticed, survived; /* survived: listed or not */
	unsigned int listed, stale;	/* survivors with a reason; entries that are none */
	unsigned int setup, unmade;	/* of no weight */
};

/* Noticed of all that had a verdict; 1 when there were none. */
double mutate_ratio(const struct mutate_score *score);
/* 0; -EPIPE, -ETIMEDOUT: the guest died or fell silent; -EREMOTEIO: the runner said no. */
int mutate_run(struct worker *w, struct guest *g, const struct mutate_request *req,
	       struct mutate_score *ret_score, struct err *err);

#endif
