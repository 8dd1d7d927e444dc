/* SPDX-License-Identifier: MIT */
#include <sys/resource.h>

#include "probe.h"

static void run(void)
{
	REQUIRE_OK(setpriority(PRIO_PROCESS, 0, 5));
	EXPECT_EQ(getpriority(PRIO_PROCESS, 0), 5);
	REQUIRE_OK(setpriority(PRIO_PROCESS, getpid(), -3));
	EXPECT_EQ(getpriority(PRIO_PROCESS, 0), -3);
	REQUIRE_OK(setpriority(PRIO_PROCESS, 0, 7));
	SETUP_OK(setuid(1000));
	EXPECT_ERRNO(setpriority(PRIO_PROCESS, 0, 0), EACCES);
	EXPECT_OK(setpriority(PRIO_PROCESS, 0, 99));
	EXPECT_EQ(getpriority(PRIO_PROCESS, 0), 19);
}

PROBE(.promise =
	      "setpriority sets the nice value, clamped to 19, and only root may lower it; nginx's "
	      "worker_priority uses it",
      .source = "man 2 setpriority", .covers = COVERS("setpriority", "getpriority"),
      .needs = NEEDS("root", "cap_sys_nice"), .call = {CALL(SYS_setpriority)}, .run = run);
