/* SPDX-License-Identifier: MIT */
/*
 * mutant: what a probe was seen to call after its set-up, and one such call made to lie.
 *
 * Owns:       nothing; the caller keeps what was seen.
 * Called by:  mutate.c.
 * Never does: run a probe by itself, judge what it makes of the lie.
 *
 * A call lies each time the probe makes it, as a kernel without it would. It is told from others
 * by its number and by the arguments callname says; what one such class was seen to give, success
 * or errors, is kept, since a lie must differ from the truth.
 */
#ifndef MUTANT_H
#define MUTANT_H

#include "callname.h"
#include "tracer.h"

struct probe;
struct call_filter;

enum {
	SITES = 48,
	SITE_VALUES = 12,
};

enum mutant_lie {
	MUTANT_ENOSYS, /* the call is not there */
	MUTANT_NOOP,   /* it says what it said, and does nothing; 0 where it failed */
	MUTANT_ERRNO,  /* where it failed, it fails with another error; else it fails */
	MUTANT_SHORT,  /* it does all, and says one less */
	MUTANT_FD,     /* it gives another descriptor than the one it made */
	MUTANT_LIES
};

/* Calls of one class. */
struct site {
	struct callsite call;
	bool own; /* the probe's .call names it */
	unsigned seen, failed, positive;
	unsigned values;
	long value[SITE_VALUES]; /* what each gave, in turn; 0 where it failed */
};

struct seen {
	unsigned n, lost; /* lost: classes past SITES */
	struct site site[SITES];
};

const char *mutant_lie_name(enum mutant_lie lie);
/* Does this lie about that call differ from the truth? */
bool mutant_applies(const struct site *site, enum mutant_lie lie);
/* Is it one of those the probe's promise is about? */
bool mutant_is_own(const struct probe *probe, long nr, const uint64_t arg[6]);

/* Lets t note in *seen what the probe calls. Both, and the probe, must outlive the flight. */
struct seeing {
	const struct probe *probe;
	struct seen *seen;
};
void mutant_see(struct tracer *t, struct seeing *seeing, struct call_filter *ret_filter);

struct lying {
	const struct site *site;
	enum mutant_lie lie;
	struct tracer *tracer;
	unsigned struck, turn;
};
void mutant_lie(struct tracer *t, struct lying *lying, struct call_filter *ret_filter);

#endif
