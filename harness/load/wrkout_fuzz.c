/* SPDX-License-Identifier: MIT */
/* libFuzzer target: wrk's text. */
#include <stdint.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/xalloc.h"
#include "load/wrkout.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	_autofree_ char *text = xmalloc(n + 1);
	struct wrkout out;

	memcpy(text, data, n);
	text[n] = '\0';
	wrkout_parse(text, &out);
	return 0;
}
