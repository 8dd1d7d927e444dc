/* SPDX-License-Identifier: MIT */
#include "probe.h"

static void setup(void)
{
	for (;;)
		pause();
}

static void run(void)
{
}

PROBE(.promise = "A hang in set-up ends at its limit and says where", .source = "probe.h",
      .limit_ms = 200, .setup = setup, .run = run);
