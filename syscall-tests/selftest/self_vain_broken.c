/* SPDX-License-Identifier: MIT */
#include "probe.h"

static void helper(void *arg)
{
	SETUP(mark_wait(0), "the other process did not go on");
}

static void run(void)
{
	child_join(child_start(helper, NULL));
}

PROBE(.promise = "A helper that waited in vain is a broken probe when that says nothing",
      .source = "probe.h", .limit_ms = 3000, .run = run);
