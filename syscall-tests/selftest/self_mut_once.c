/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdlib.h>

#include "probe.h"

static bool first;

static void setup(void)
{
	const char *path = getenv("PROBES_ONCE_FILE");

	first = path && open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600) >= 0;
}

static void run(void)
{
	if (first)
		EXPECT_EQ(dup2(0, 40), 40);
	EXPECT_ERRNO(close(-1), EBADF);
}

PROBE(.promise = "A call that is not made again is lied about to nobody",
      .source = "docs/en/MUTATION.md", .call = {CALL(SYS_close)}, .setup = setup, .run = run);
