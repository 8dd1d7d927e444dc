/* SPDX-License-Identifier: MIT */
#include "probe.h"
#include "lib/trap.h"

static void divide(void)
{
	int quotient, rest, zero = 0;

	__asm__ volatile("cltd; idivl %3" : "=a"(quotient), "=&d"(rest) : "0"(1), "r"(zero));
}

static void run(void)
{
	expect_trap(divide, SIGFPE, FPE_INTDIV, NULL);
}

PROBE(.promise = "An integer division by zero raises SIGFPE with FPE_INTDIV in that process alone",
      .source = "man 2 sigaction; POSIX.1-2017 <signal.h>",
      .covers = COVERS("rt_sigaction:SIGFPE", "trap:divide"),
      .call = {CALL_IF(SYS_rt_sigaction, 0, SIGFPE)}, .run = run);
