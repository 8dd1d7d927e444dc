/* SPDX-License-Identifier: MIT */
/* libFuzzer target: a report that somebody hands in, and every look into it. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "wire/jsonr.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void on_string(void *arg, const char *key, const char *text)
{
	*(size_t *)arg += strlen(key) + strlen(text);
}

static void look(const struct jsonr *v, unsigned int depth)
{
	size_t bytes = 0;

	jsonr_string(v, "name", "");
	jsonr_uint(v, "begin_us", 7);
	jsonr_bool(v, "flaky");
	jsonr_each_string(v, on_string, &bytes);
	if (depth > 4)
		return;
	look(jsonr_get(v, "cells"), depth + 1);
	for (size_t i = 0; i <= jsonr_length(v) && i < 4; i++)
		look(jsonr_at(v, i), depth + 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct jsonr *root = NULL;

	if (jsonr_parse((const char *)data, n, &root, NULL) == 0)
		look(root, 0);
	jsonr_release(&root);
	return 0;
}
