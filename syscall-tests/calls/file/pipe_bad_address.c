/* SPDX-License-Identifier: MIT */
#include <fcntl.h>

#include "probe.h"

static void run(void)
{
	int first = (int)SETUP_OK(open("/dev/null", O_RDONLY | O_CLOEXEC));
	int second = (int)SETUP_OK(open("/dev/null", O_RDONLY | O_CLOEXEC));

	SETUP_OK(close(first));
	SETUP_OK(close(second));
	EXPECT_ERRNO(syscall(SYS_pipe, bad_address()), EFAULT);
	EXPECT_ERRNO(syscall(SYS_pipe2, NULL, 0), EFAULT);
	/* Nothing was left open. */
	EXPECT_EQ(open("/dev/null", O_RDONLY | O_CLOEXEC), first);
	EXPECT_EQ(open("/dev/null", O_RDONLY | O_CLOEXEC), second);
}

PROBE(.promise = "pipe with a bad address answers EFAULT and leaves no descriptor behind",
      .source = "man 2 pipe", .covers = COVERS("pipe", "pipe2"),
      .call = {CALL(SYS_pipe), CALL(SYS_pipe2)}, .run = run);
