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

/* A value outside the enum is a fault of ours: it counts as broken, never as nothing. */
void verdict_tally_add(struct verdict_tally *t, enum verdict v)
{
	t->n[(unsigned int)v < VERDICT_COUNT ? v : VERDICT_BROKEN]++;
}

unsigned int verdict_tally_total(const struct verdict_tally *t)
{
	unsigned int total = 0;

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
