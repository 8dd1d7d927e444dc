/* SPDX-License-Identifier: MIT */
#include "series.h"

static void run(void)
{
	static uint64_t words[RANDOMNESS_LEN / 8];

	fair_words(words);
	continue_series(words, 4);
	expect_random((const unsigned char *)words, sizeof(words));
}

PROBE(.promise = "A source whose steps are alike more often than by chance fails",
      .source = "lib/randomness.h", .run = run);
