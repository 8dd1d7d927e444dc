/* SPDX-License-Identifier: MIT */
#include "probe.h"

static void run(void)
{
	int fds[2] = {-1, -1};

	EXPECT_ERRNO(syscall(SYS_pipe2, fds, 0x40000000), EINVAL);
	EXPECT_EQ(fds[0], -1);
	EXPECT_EQ(fds[1], -1);
}

PROBE(.promise = "pipe2 refuses flags it does not know and touches nothing", .source = "man 2 pipe",
      .covers = COVERS("pipe2"), .call = {CALL(SYS_pipe2)}, .run = run);
