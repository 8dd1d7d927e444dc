/* SPDX-License-Identifier: MIT */
/*
 * verdict: the words of a result and how several become one.
 *
 * Pure. A verdict is evidence, never a guess: nothing but a positive end record makes a pass.
 */
#ifndef STORE_VERDICT_H
#define STORE_VERDICT_H

#include <stdbool.h>

enum verdict {
	VERDICT_PASS,
	VERDICT_SKIP,  /* could not be asked here, with the reason */
	VERDICT_XFAIL, /* failed as expect/ says */
	VERDICT_XPASS, /* passed though expect/ says it fails */
	VERDICT_FAIL,
	VERDICT_TIMEOUT, /* the case hung, the kernel lives */
	VERDICT_CRASH,	 /* the kernel did */
	VERDICT_LOST,	 /* the guest vanished */
	VERDICT_BROKEN,	 /* we, the host or the set-up did */
	VERDICT_COUNT
};

const char *verdict_name(enum verdict v);
/* -1 for an unknown word. */
int verdict_parse(const char *name);
/* The more serious of two, for a scenario made of steps (order of the enum, pass lowest). */
enum verdict verdict_worst(enum verdict a, enum verdict b);
/* Says something about the kernel that its developer does not want to hear: fail, timeout, crash.
 */
bool verdict_is_bad(enum verdict v);
/* Says nothing about the kernel: lost, broken. */
bool verdict_is_infra(enum verdict v);

/*
 * The names of results that nobody asks for: how the machines of a cell fared, its worker, the plan
 * of a suite. All but "boot" are there only when something went wrong. NULL-terminated.
 */
extern const char *const verdict_own_names[];
bool verdict_is_own_name(const char *name);

/*
 * Exit status over many: 0 as expected, 1 one was bad (or xpass), 3 only infrastructure went wrong.
 * A flaky case is counted apart from the verdicts and decides nothing.
 */
struct verdict_tally {
	unsigned int n[VERDICT_COUNT];
	unsigned int flaky;
};
void verdict_tally_add(struct verdict_tally *t, enum verdict v);
unsigned int verdict_tally_total(const struct verdict_tally *t);
int verdict_tally_exit(const struct verdict_tally *t);

/*
 * One case that was asked more than once (--repeat, --retries): all attempts are kept, and this is
 * what they amount to. Held against the attempts, in whatever order they came:
 *
 *   crash in any of them                 crash: a crash is never asked away
 *   lost or broken beside another one    they say nothing of the kernel: the others decide
 *   skip beside another real verdict     it was not asked then: the others decide
 *   all the same                         that verdict
 *   pass, and fail or timeout            pass, and flaky
 *   otherwise                            the most serious of them (verdict_worst)
 */
struct verdict_merged {
	enum verdict verdict;
	bool flaky; /* verdict is then VERDICT_PASS */
	/* The verdict of the attempt that tells most: the merged one, or what a flaky case did when
	 * it did not pass. */
	enum verdict telling;
};
/* How often each verdict was seen, at least one. */
struct verdict_merged verdict_merge(const unsigned int outcomes[VERDICT_COUNT]);
void verdict_tally_add_merged(struct verdict_tally *t, const struct verdict_merged *m);

/*
 * The outcomes that count: of those seen, the ones verdict_merge() lets decide, as a set (bit 1 <<
 * verdict). A case on the reference accuses a kernel only where this is {pass}.
 */
unsigned int verdict_outcome_set(const unsigned int outcomes[VERDICT_COUNT]);

#endif
