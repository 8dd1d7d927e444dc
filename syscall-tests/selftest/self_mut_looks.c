/* SPDX-License-Identifier: MIT */
#include "probe.h"

static int fds[2];

static void setup(void)
{
	SETUP_OK(pipe(fds));
}

static void run(void)
{
	char *buf = guard_buf(3);
	int copy = (int)EXPECT_OK(dup(fds[1]));

	interrupt_when_late();
	EXPECT_EQ(write(copy, "abc", 3), 3);
	EXPECT_EQ(read(fds[0], buf, 3), 3);
	EXPECT_BYTES(buf, "abc", 3);
	EXPECT_ERRNO(close(-1), EBADF);
}

PROBE(.promise = "A probe that looks notices every lie", .source = "docs/en/MUTATION.md",
      .call = {CALL(SYS_write)}, .setup = setup, .run = run);
