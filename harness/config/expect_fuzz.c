/* SPDX-License-Identifier: MIT */
/* libFuzzer target: a file of known failures; each entry of one that is taken can be asked. */
#include <stdint.h>
#include <stdlib.h>

#include "config/expect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct expect *e = NULL;

	if (expect_parse("f", (const char *)data, n, &e, NULL) < 0)
		return 0;
	expect_is_for(e, "/kernel.elf", "00");
	for (size_t i = 0; i < e->n; i++) {
		if (!e->known[i].name || !e->known[i].expires || !e->known[i].owner)
			abort();
		expect_matches(&e->known[i], "probes", "static", "epoll_et");
	}
	expect_free(e);
	return 0;
}
