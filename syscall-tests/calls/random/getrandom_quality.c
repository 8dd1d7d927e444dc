/* SPDX-License-Identifier: MIT */
#include <sys/random.h>

#include "probe.h"
#include "lib/randomness.h"

static unsigned char bytes[RANDOMNESS_LEN];

static void run(void)
{
	size_t have = 0;

	while (have < sizeof(bytes)) {
		long n = REQUIRE_OK(getrandom(bytes + have, sizeof(bytes) - have, 0));

		REQUIRE(n > 0, "getrandom gave nothing");
		have += (size_t)n;
	}
	expect_random(bytes, sizeof(bytes));
}

PROBE(.promise = "getrandom gives bytes fit for keys: bits are balanced in each position, values "
		 "are spread evenly, and no 8-byte word follows from the one before",
      .source = "man 2 getrandom; man 7 random", .covers = COVERS("getrandom"),
      .call = {CALL(SYS_getrandom)}, .run = run);
