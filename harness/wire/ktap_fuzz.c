/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "wire/ktap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

struct seen {
	unsigned int planned, last, results;
	char open[KTAP_MAX_NAME + 1];
};

static void see_plan(void *arg, unsigned int n)
{
	struct seen *s = arg;

	if (s->planned || n == 0 || n > KTAP_MAX_TESTS)
		abort();
	s->planned = n;
}

static void see_begin(void *arg, const char *name, uint64_t limit_ms)
{
	struct seen *s = arg;

	if (!s->planned || strlen(name) > KTAP_MAX_NAME)
		abort();
	memcpy(s->open, name, strlen(name) + 1);
}

/* Whatever the stream: a result has a plan and a begin, and numbers go up within the plan. */
static void see_result(void *arg, const struct ktap_result *r)
{
	struct seen *s = arg;

	if (r->number <= s->last || r->number > s->planned || strcmp(r->name, s->open) != 0)
		abort();
	s->last = r->number;
	s->results++;
	s->open[0] = '\0';
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct seen seen = {0};
	struct ktap_listener listener = {
		.on_plan = see_plan, .on_begin = see_begin, .on_result = see_result, .arg = &seen};
	struct ktap *k = ktap_new(&listener);
	size_t half = n / 2;
	bool complete;

	ktap_feed(k, (const char *)data, half);
	ktap_feed(k, (const char *)data + half, n - half);
	complete = ktap_finish(k);
	if (complete != (seen.planned && seen.results == seen.planned) ||
	    ktap_done(k) != seen.results)
		abort();
	ktap_free(k);
	return 0;
}
