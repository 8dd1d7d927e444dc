/* SPDX-License-Identifier: MIT */
#include "probe.h"
#include "lib/trap.h"

static void divide(void)
{
	unsigned short unmasked = 0x037f & ~0x04;

	__asm__ volatile("fninit; fldcw %0; fld1; fldz; fdivrp; fwait" : : "m"(unmasked));
}

static void run(void)
{
	expect_trap(divide, SIGFPE, FPE_FLTDIV, NULL);
}

PROBE(.promise = "An unmasked x87 division by zero raises SIGFPE with FPE_FLTDIV",
      .source = "man 2 sigaction; man 3 feenableexcept",
      .covers = COVERS("rt_sigaction:SIGFPE", "trap:x87"),
      .call = {CALL_IF(SYS_rt_sigaction, 0, SIGFPE)}, .run = run);
