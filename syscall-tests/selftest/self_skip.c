/* SPDX-License-Identifier: MIT */
#include "probe.h"

static void run(void)
{
	EXPECT(false, "must not run");
}

PROBE(.promise = "A missing need skips with its name", .source = "probe.h",
      .needs = NEEDS("impossible"), .setup = run, .run = run);
