/* SPDX-License-Identifier: MIT */
#include <sys/wait.h>

#include "probe.h"

static void helper(void *arg)
{
	REQUIRE_EQ(1, 2);
}

static void run(void)
{
	int status = child_join(child_start(helper, NULL));

	EXPECT(WIFEXITED(status), "the helper did not exit");
}

PROBE(.promise = "A failure in a helper process is the probe's", .source = "probe.h", .run = run);
