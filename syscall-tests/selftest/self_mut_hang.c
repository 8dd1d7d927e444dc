/* SPDX-License-Identifier: MIT */
#include "probe.h"

static int fds[2];

static void setup(void)
{
	SETUP_OK(pipe(fds));
}

static void run(void)
{
	char c = 0;

	write(fds[1], "x", 1);
	EXPECT_EQ(read(fds[0], &c, 1), 1);
	EXPECT_EQ(c, 'x');
}

PROBE(.promise = "A mutant that hangs is ended long before the probe's own limit",
      .source = "docs/en/MUTATION.md", .limit_ms = 60000, .call = {CALL(SYS_write)}, .setup = setup,
      .run = run);
