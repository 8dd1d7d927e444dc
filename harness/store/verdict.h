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

/* Exit status over many: 0 as expected, 1 one was bad (or xpass), 3 only infrastructure went wrong.
 */
struct verdict_tally {
	unsigned int n[VERDICT_COUNT];
};
void verdict_tally_add(struct verdict_tally *t, enum verdict v);
unsigned int verdict_tally_total(const struct verdict_tally *t);
int verdict_tally_exit(const struct verdict_tally *t);

#endif
