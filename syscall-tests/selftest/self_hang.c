/* SPDX-License-Identifier: MIT */
#include "probe.h"

static void run(void)
{
	signal(SIGTERM, SIG_IGN);
	for (;;)
		pause();
}

PROBE(.promise = "A hang ends at its limit", .source = "probe.h", .limit_ms = 200, .run = run);
