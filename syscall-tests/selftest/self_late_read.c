/* SPDX-License-Identifier: MIT */
#include "probe.h"

static void run(void)
{
	int fds[2];
	char c;

	SETUP_OK(pipe(fds));
	interrupt_when_late();
	EXPECT_ERRNO(read(fds[0], &c, 1), EAGAIN);
}

PROBE(.promise = "A call that blocks until it is interrupted is told as such", .source = "probe.h",
      .limit_ms = 3000, .run = run);
