/* SPDX-License-Identifier: MIT */
#include <linux/capability.h>
#include <sys/prctl.h>

#include "probe.h"
#include "lib/tiny.h"

enum { DROPPED = 1 << CAP_CHOWN, KEPT = 1 << CAP_KILL };

static const char *program;

static void setup(void)
{
	program = tiny_install("program", 0755, TINY_CAPS);
}

static void confine(void *arg)
{
	REQUIRE_OK(prctl(PR_CAPBSET_DROP, CAP_CHOWN));
}

static void run(void)
{
	char *const argv[] = {"program", NULL}, *const envp[] = {NULL};
	struct tiny tiny;
	tiny_exec(&tiny, program, argv, envp, confine, NULL);
	EXPECT_EQ(tiny_number(&tiny, "cp") & (DROPPED | KEPT), KEPT);
	EXPECT_EQ(tiny_number(&tiny, "ce") & (DROPPED | KEPT), KEPT);
}

PROBE(.promise = "A capability dropped from the bounding set is none of a program's, though root "
		 "executes it: so containers confine their root",
      .source = "man 7 capabilities (Capability bounding set)",
      .covers = COVERS("prctl:PR_CAPBSET_DROP", "execve"), .needs = NEEDS("root"),
      .call = {CALL_IF(SYS_prctl, 0, PR_CAPBSET_DROP)}, .setup = setup, .run = run);
