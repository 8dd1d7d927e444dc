/* SPDX-License-Identifier: MIT */
#include "probe.h"

static void setup(void)
{
	raise(SIGSEGV);
}

static void run(void)
{
}

PROBE(.promise = "Dying in set-up is broken, not failed", .source = "probe.h", .setup = setup,
      .run = run);
