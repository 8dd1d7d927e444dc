/* SPDX-License-Identifier: MIT */
#include "report/history_judge.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

/* From the best to the worst. */
static const char marks[] = {HISTORY_ABSENT, HISTORY_UNKNOWN, HISTORY_SKIP,
			     HISTORY_GOOD,   HISTORY_XFAIL,   HISTORY_FLAKY,
			     HISTORY_FAIL,   HISTORY_TIMEOUT, HISTORY_CRASH};

char history_mark_of(enum verdict v, bool flaky)
{
	static const char of[VERDICT_COUNT] = {
		[VERDICT_PASS] = HISTORY_GOOD,	    [VERDICT_SKIP] = HISTORY_SKIP,
		[VERDICT_XFAIL] = HISTORY_XFAIL,    [VERDICT_XPASS] = HISTORY_GOOD,
		[VERDICT_FAIL] = HISTORY_FAIL,	    [VERDICT_TIMEOUT] = HISTORY_TIMEOUT,
		[VERDICT_CRASH] = HISTORY_CRASH,    [VERDICT_LOST] = HISTORY_UNKNOWN,
		[VERDICT_BROKEN] = HISTORY_UNKNOWN,
	};

	return flaky ? HISTORY_FLAKY : of[v];
}

char history_worse_mark(char a, char b)
{
	const char *x = memchr(marks, a, sizeof(marks)), *y = memchr(marks, b, sizeof(marks));

	return x > y ? a : b;
}

static bool is_good(char mark)
{
	return mark == HISTORY_GOOD;
}

/* An expected failure is one: where it began is worth knowing. */
static bool is_bad(char mark)
{
	return mark == HISTORY_FAIL || mark == HISTORY_TIMEOUT || mark == HISTORY_CRASH ||
	       mark == HISTORY_XFAIL;
}

struct outcomes {
	size_t good, bad, flaky;
	uint64_t samples, samples_bad;
};

static unsigned int group_of(const struct history *h, const struct history_case *k, size_t run)
{
	return h->runs[run].group[strcmp(k->role, "kut") != 0];
}

/*
 * Kernel by kernel: only with one and the same does another answer mean anything. newest: whether
 * it is flaky with the kernel that had the newest word.
 */
static bool judge_flaky(const struct history *h, struct history_case *k, unsigned int newest,
			bool *ret_newest)
{
	struct outcomes *by_kernel = xcalloc(h->identities.n + 1, sizeof(*by_kernel));
	bool flaky = false;

	for (size_t i = 0; i < h->n_runs; i++) {
		struct outcomes *o = &by_kernel[group_of(h, k, i)];
		const struct history_mark *m = &k->marks[i];

		o->good += is_good(m->mark);
		o->bad += is_bad(m->mark);
		o->flaky += m->mark == HISTORY_FLAKY;
		o->samples += m->samples;
		o->samples_bad += m->bad;
	}
	for (size_t g = 0; g < h->identities.n; g++) {
		const struct outcomes *o = &by_kernel[g];

		if (!o->flaky && (!o->good || !o->bad))
			continue;
		flaky = true;
		*ret_newest |= g == newest;
		k->samples += o->samples;
		k->samples_bad += o->samples_bad;
	}
	free(by_kernel);
	k->rate = rate_wilson(k->samples_bad, k->samples, RATE_Z_95);
	return flaky;
}

/* Back from the newest word: the run where it was otherwise, and the first one since. */
static bool find_bounds(const struct history *h, struct history_case *k, bool bad)
{
	size_t first = h->n_runs;

	for (size_t i = h->n_runs; i > 0; i--) {
		char mark = k->marks[i - 1].mark;

		if (bad ? is_bad(mark) : is_good(mark))
			first = i - 1;
		if (first == h->n_runs || !(bad ? is_good(mark) : is_bad(mark)))
			continue;
		k->last = i - 1;
		k->first = first;
		k->unknown_between = first - k->last - 1;
		return true;
	}
	return false;
}

/* The newest run that has a word of the kernel's own; past the last one when none does. */
static size_t newest_word(const struct history *h, const struct history_case *k)
{
	for (size_t i = h->n_runs; i > 0; i--)
		if (is_good(k->marks[i - 1].mark) || is_bad(k->marks[i - 1].mark) ||
		    k->marks[i - 1].mark == HISTORY_FLAKY)
			return i - 1;
	return h->n_runs;
}

void history_judge(const struct history *h, struct history_case *k)
{
	size_t newest = newest_word(h, k);
	bool flaky, flaky_now = false;
	char now;

	k->standing = HISTORY_NO_VERDICT;
	if (newest == h->n_runs)
		return;
	now = k->marks[newest].mark;
	flaky = judge_flaky(h, k, group_of(h, k, newest), &flaky_now);
	if (flaky_now || (flaky && is_good(now)))
		k->standing = HISTORY_FLAKED;
	else if (is_bad(now))
		k->standing = find_bounds(h, k, true) ? HISTORY_BAD : HISTORY_ALWAYS_BAD;
	else
		k->standing = find_bounds(h, k, false) ? HISTORY_FIXED : HISTORY_STABLE;
}

size_t history_telling_run(const struct history *h, const struct history_case *k)
{
	if (k->standing == HISTORY_BAD)
		return k->first;
	if (k->standing != HISTORY_ALWAYS_BAD && k->standing != HISTORY_FLAKED)
		return h->n_runs;
	for (size_t i = h->n_runs; i > 0; i--)
		if (is_bad(k->marks[i - 1].mark) || k->marks[i - 1].mark == HISTORY_FLAKY)
			return i - 1;
	return h->n_runs;
}

const char *history_standing_name(enum history_standing standing)
{
	static const char *const names[HISTORY_STANDINGS] = {
		[HISTORY_BAD] = "bad",
		[HISTORY_FLAKED] = "flaky",
		[HISTORY_ALWAYS_BAD] = "always bad",
		[HISTORY_FIXED] = "fixed",
		[HISTORY_STABLE] = "stable",
		[HISTORY_NO_VERDICT] = "no verdict",
	};

	return names[standing];
}
