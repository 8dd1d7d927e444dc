/* SPDX-License-Identifier: MIT */
#include "probe.h"

static void run(void)
{
	char *end = (char *)guard_buf(10) + 10;

	end[-1] = 1;
	*(volatile char *)end = 1;
}

PROBE(.promise = "A write past a guarded buffer is a crash, and a crash is a failure",
      .source = "probe.h", .run = run);
