/* SPDX-License-Identifier: MIT */
/* Any bytes as a scenario file: an error or a scenario, never a crash or a leak. */
#include "config/scenario.h"

#include <stddef.h>
#include <stdlib.h>

#include "base/strv.h"

struct options {
	char *text;
	int64_t number;
	uint64_t wait;
	int word;
	struct strv list;
};

static const char *const words[] = {"one", "two", NULL};
static const struct field fields[] = {
	{.name = "text", .type = FIELD_STRING, .offset = offsetof(struct options, text)},
	{.name = "number", .type = FIELD_INT, .offset = offsetof(struct options, number)},
	{.name = "wait", .type = FIELD_DURATION, .offset = offsetof(struct options, wait)},
	{.name = "word",
	 .type = FIELD_ENUM,
	 .offset = offsetof(struct options, word),
	 .words = words},
	{.name = "list", .type = FIELD_STRINGS, .offset = offsetof(struct options, list)},
	FIELD_END,
};
static const struct scenario_kind kinds[] = {{"do", "", fields, sizeof(struct options)}, {0}};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct scenario *s = NULL;

	if (scenario_parse("f", (const char *)data, n, kinds, &s, NULL) == 0)
		scenario_free(s);
	return 0;
}
