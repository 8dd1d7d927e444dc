/* SPDX-License-Identifier: MIT */
#include "store/verdict.h"

#include <stddef.h>
#include <string.h>

static const char *const names[VERDICT_COUNT] = {
	[VERDICT_PASS] = "pass",   [VERDICT_SKIP] = "skip", [VERDICT_XFAIL] = "xfail",
	[VERDICT_XPASS] = "xpass", [VERDICT_FAIL] = "fail", [VERDICT_TIMEOUT] = "timeout",
	[VERDICT_CRASH] = "crash", [VERDICT_LOST] = "lost", [VERDICT_BROKEN] = "broken",
};

const char *verdict_name(enum verdict v)
{
	return (unsigned int)v < VERDICT_COUNT ? names[v] : "unknown";
}

int verdict_parse(const char *name)
{
	for (int v = 0; name && v < VERDICT_COUNT; v++)
		if (strcmp(names[v], name) == 0)
			return v;
	return -1;
}

enum verdict verdict_worst(enum verdict a, enum verdict b)
{
	return a > b ? a : b;
}

bool verdict_is_bad(enum verdict v)
{
	return v == VERDICT_FAIL || v == VERDICT_TIMEOUT || v == VERDICT_CRASH;
}

bool verdict_is_infra(enum verdict v)
{
	return v == VERDICT_LOST || v == VERDICT_BROKEN;
}

const char *const verdict_own_names[] = {
	"boot", "boot again", "between probes", "(cell)", "(suite)", NULL,
};

bool verdict_is_own_name(const char *name)
{
	for (size_t i = 0; verdict_own_names[i]; i++)
		if (strcmp(verdict_own_names[i], name) == 0)
			return true;
	return false;
}

/* A value outside the enum is a fault of ours: it counts as broken, never as nothing. */
void verdict_tally_add(struct verdict_tally *t, enum verdict v)
{
	t->n[(unsigned int)v < VERDICT_COUNT ? v : VERDICT_BROKEN]++;
}

unsigned int verdict_tally_total(const struct verdict_tally *t)
{
	unsigned int total = t->flaky;

	for (int v = 0; v < VERDICT_COUNT; v++)
		total += t->n[v];
	return total;
}

int verdict_tally_exit(const struct verdict_tally *t)
{
	int status = 0;

	for (int v = 0; v < VERDICT_COUNT; v++) {
		if (!t->n[v])
			continue;
		if (verdict_is_bad((enum verdict)v) || v == VERDICT_XPASS)
			return 1;
		if (verdict_is_infra((enum verdict)v))
			status = 3;
	}
	return status;
}

#define BIT(v) (1u << (v))
#define INFRA  (BIT(VERDICT_LOST) | BIT(VERDICT_BROKEN))
#define BAD    (BIT(VERDICT_FAIL) | BIT(VERDICT_TIMEOUT))

unsigned int verdict_outcome_set(const unsigned int outcomes[VERDICT_COUNT])
{
	unsigned int set = 0;

	for (int v = 0; v < VERDICT_COUNT; v++)
		if (outcomes[v])
			set |= BIT(v);
	if (set & ~INFRA)
		set &= ~INFRA;
	if (set & ~BIT(VERDICT_SKIP))
		set &= ~BIT(VERDICT_SKIP);
	return set;
}

static enum verdict worst_of(unsigned int set)
{
	enum verdict worst = VERDICT_PASS;

	for (int v = 0; v < VERDICT_COUNT; v++)
		if (set & BIT(v))
			worst = verdict_worst(worst, (enum verdict)v);
	return worst;
}

struct verdict_merged verdict_merge(const unsigned int outcomes[VERDICT_COUNT])
{
	unsigned int set = verdict_outcome_set(outcomes);
	struct verdict_merged m = {.verdict = worst_of(set)};

	if (!set)
		m.verdict = VERDICT_BROKEN;
	else if (set & BIT(VERDICT_CRASH))
		m.verdict = VERDICT_CRASH;
	m.telling = m.verdict;
	if (!(set & BIT(VERDICT_CRASH)) && (set & BIT(VERDICT_PASS)) && (set & BAD)) {
		m.verdict = VERDICT_PASS;
		m.flaky = true;
	}
	return m;
}

void verdict_tally_add_merged(struct verdict_tally *t, const struct verdict_merged *m)
{
	if (m->flaky)
		t->flaky++;
	else
		verdict_tally_add(t, m->verdict);
}
