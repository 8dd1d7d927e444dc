/* SPDX-License-Identifier: MIT */
#include "probe.h"

static void setup(void)
{
	SETUP_OK(close(-1));
}

static void run(void)
{
	EXPECT(false, "must not run");
}

PROBE(.promise = "Trouble in set-up is broken, not failed", .source = "probe.h", .setup = setup,
      .run = run);
