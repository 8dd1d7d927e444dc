/* SPDX-License-Identifier: MIT */
#include "probe.h"

static void run(void)
{
	getpgrp();
}

PROBE(.promise = "A probe that looks at nothing still passes when its call lies",
      .source = "probe.h", .call = {CALL(SYS_getpgrp)}, .run = run);
