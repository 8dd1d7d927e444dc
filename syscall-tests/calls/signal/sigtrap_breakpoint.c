/* SPDX-License-Identifier: MIT */
#include "probe.h"
#include "lib/trap.h"

static void breakpoint(void)
{
	__asm__ volatile("int3");
}

static void run(void)
{
	expect_trap(breakpoint, SIGTRAP, ANY_CODE, NULL);
}

PROBE(.promise = "A breakpoint instruction raises SIGTRAP", .source = "man 7 signal",
      .covers = COVERS("rt_sigaction:SIGTRAP", "trap:int3"),
      .call = {CALL_IF(SYS_rt_sigaction, 0, SIGTRAP)}, .run = run);
