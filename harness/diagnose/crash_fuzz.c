/* SPDX-License-Identifier: MIT */
/*
 * libFuzzer target: any console text, cut into any pieces. The first byte chooses the size of the
 * pieces. What comes out must keep its promises.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "diagnose/crash.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#define REQUIRE(x)               \
	do {                     \
		if (!(x))        \
			abort(); \
	} while (0)

static void check(const struct crash *c, size_t n)
{
	size_t len = strlen(c->title);

	REQUIRE(len && len <= CRASH_TITLE_MAX);
	for (size_t i = 0; i < len; i++)
		REQUIRE((unsigned char)c->title[i] >= 0x20 && c->title[i] != 0x7f);
	REQUIRE(strlen(c->fingerprint) == 16);
	REQUIRE(c->offset <= c->end && c->end <= n);
	REQUIRE(c->n_frames <= CRASH_FRAMES);
	REQUIRE(c->text && strlen(c->text) <= 64 * 1024);
	REQUIRE(c->pid >= -1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct crash_scanner *s = crash_scanner_new();
	size_t step = n ? 1 + data[0] * 17u : 1, part;
	struct crash c;

	for (size_t at = 0; at < n; at += part) {
		part = n - at < step ? n - at : step;
		crash_scanner_feed(s, (const char *)data + at, part);
	}
	crash_scanner_flush(s);
	REQUIRE(!crash_scanner_pending(s));
	while (crash_scanner_next(s, &c)) {
		check(&c, n);
		crash_release(&c);
	}
	crash_scanner_free(s);
	return 0;
}
