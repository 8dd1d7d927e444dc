/* SPDX-License-Identifier: MIT */
#include "series.h"

static void run(void)
{
	static uint64_t words[RANDOMNESS_LEN / 8];

	fair_words(words);
	continue_series(words, 1);
	expect_random((const unsigned char *)words, sizeof(words));
}

PROBE(.promise =
	      "A good source of random bytes passes, also when two of its steps happen to be alike",
      .source = "lib/randomness.h", .run = run);
