/* SPDX-License-Identifier: MIT */
#include "probe.h"

static void run(void)
{
	probe_skip("moot since %d", 42);
}

PROBE(.promise = "A probe may find its question moot", .source = "probe.h", .run = run);
