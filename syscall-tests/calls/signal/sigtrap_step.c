/* SPDX-License-Identifier: MIT */
#include "probe.h"
#include "lib/trap.h"

static void single_step(void)
{
	__asm__ volatile(
		"sub $128, %%rsp; pushfq; orq $0x100, (%%rsp); popfq; nop; nop; add $128, %%rsp"
		:
		:
		: "memory", "cc");
}

static void run(void)
{
	expect_trap(single_step, SIGTRAP, TRAP_TRACE, NULL);
}

PROBE(.promise = "An instruction run with the trap flag set raises SIGTRAP with TRAP_TRACE",
      .source = "man 2 sigaction", .covers = COVERS("rt_sigaction:SIGTRAP", "trap:debug"),
      .call = {CALL_IF(SYS_rt_sigaction, 0, SIGTRAP)}, .run = run);
