/* SPDX-License-Identifier: MIT */
#include "probe.h"
#include "lib/trap.h"

static void undefined(void)
{
	__asm__ volatile("ud2");
}

static void run(void)
{
	expect_trap(undefined, SIGILL, ILL_ILLOPN, NULL);
}

PROBE(.promise = "An undefined instruction raises SIGILL with ILL_ILLOPN",
      .source = "man 2 sigaction; POSIX.1-2017 <signal.h>",
      .covers = COVERS("rt_sigaction:SIGILL", "trap:undefined"),
      .call = {CALL_IF(SYS_rt_sigaction, 0, SIGILL)}, .run = run);
