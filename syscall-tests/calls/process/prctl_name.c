/* SPDX-License-Identifier: MIT */
#include <sys/prctl.h>

#include "probe.h"

static void heir(void *arg)
{
	char name[17] = "";

	EXPECT_OK(prctl(PR_GET_NAME, name));
	EXPECT_STR(name, "a-name-of-fifte");
	EXPECT_OK(prctl(PR_SET_NAME, "another"));
	EXPECT_OK(prctl(PR_GET_NAME, name));
	EXPECT_STR(name, "another");
}

static void run(void)
{
	char name[17] = "";

	REQUIRE_OK(prctl(PR_SET_NAME, "a-name-of-fifteen-letters"));
	child_end(child_start(heir, NULL));
	EXPECT_OK(prctl(PR_GET_NAME, name));
	EXPECT_STR(name, "a-name-of-fifte");
}

PROBE(.promise =
	      "PR_SET_NAME names the caller in 15 bytes, PR_GET_NAME tells it, and children have "
	      "it until they name themselves",
      .source = "man 2 prctl (PR_SET_NAME, PR_GET_NAME)",
      .covers = COVERS("prctl:PR_SET_NAME", "prctl:PR_GET_NAME"),
      .call = {CALL_IF(SYS_prctl, 0, PR_SET_NAME)}, .run = run);
