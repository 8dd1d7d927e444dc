/* SPDX-License-Identifier: MIT */
#include <sys/prctl.h>

#include "probe.h"
#include "lib/procfile.h"

static void heir(void *arg)
{
	char name[17] = "";

	EXPECT_OK(prctl(PR_GET_NAME, name));
	EXPECT_STR(name, "a-name-of-fifte");
}

static void run(void)
{
	char name[17] = "", text[64];

	REQUIRE_OK(prctl(PR_SET_NAME, "a-name-of-fifteen-letters"));
	EXPECT_OK(prctl(PR_GET_NAME, name));
	EXPECT_STR(name, "a-name-of-fifte");
	proc_read("/proc/self/comm", text, sizeof(text));
	EXPECT_STR(text, "a-name-of-fifte\n");
	child_end(child_start(heir, NULL));
}

PROBE(.promise = "PR_SET_NAME names the caller in 15 bytes, PR_GET_NAME and /proc/self/comm tell "
		 "it, and children have it: top, ps and pgrep show it",
      .source = "man 2 prctl (PR_SET_NAME); man 5 proc (/proc/pid/comm)",
      .covers = COVERS("prctl:PR_SET_NAME", "prctl:PR_GET_NAME", "openat:/proc/self/comm"),
      .needs = NEEDS("proc"), .call = {CALL_IF(SYS_prctl, 0, PR_SET_NAME)}, .run = run);
