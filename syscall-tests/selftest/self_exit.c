/* SPDX-License-Identifier: MIT */
#include "probe.h"

static void run(void)
{
	_exit(0);
}

PROBE(.promise = "A probe that exits without a verdict has not passed", .source = "probe.h",
      .run = run);
