/* SPDX-License-Identifier: MIT */
#include "probe.h"
#include "lib/trap.h"

static void overflow(void)
{
	__asm__ volatile("int $4");
}

static void run(void)
{
	expect_trap(overflow, SIGSEGV, ANY_CODE, NULL);
}

PROBE(.promise = "The overflow trap, raised by a program, is that program's SIGSEGV and no more",
      .source = "man 7 signal; Intel SDM vol. 3, vector 4",
      .covers = COVERS("rt_sigaction:SIGSEGV", "trap:overflow"),
      .call = {CALL_IF(SYS_rt_sigaction, 0, SIGSEGV)}, .run = run);
