/* SPDX-License-Identifier: MIT */
#include "probe.h"
#include "stain.h"

static void run(void)
{
	if (!in_a_guest())
		probe_skip("stops the runner, and this is not a guest");
	REQUIRE_OK(kill(getppid(), SIGSTOP));
	for (;;)
		pause();
}

PROBE(.promise = "A hang in which not even the runner answers", .source = "stain.h",
      .limit_ms = 1000, .run = run);
