/* SPDX-License-Identifier: MIT */
#include "probe.h"

static void helper(void *arg)
{
	SETUP(mark_wait(0), "the other process did not go on");
}

static void run(void)
{
	child_join(child_start(helper, NULL));
	EXPECT(mark_get(1), "what was asked about did not happen");
}

PROBE(.promise = "A helper that waited in vain leaves the word to the probe", .source = "probe.h",
      .limit_ms = 3000, .run = run);
