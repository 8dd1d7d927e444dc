/* SPDX-License-Identifier: MIT */
#include "probe.h"

static void run(void)
{
	/* Misled it aims at all processes, with a signal that nobody minds. */
	EXPECT_OK(kill(-getpgid(0), SIGURG));
	pid_t all = getpgid(0) > 0 ? 0 : -1;

	EXPECT_OK(kill(all, SIGURG));
}

PROBE(.promise = "A misled probe signals nobody else", .source = "docs/en/MUTATION.md",
      .call = {CALL(SYS_getpgid)}, .run = run);
