/* SPDX-License-Identifier: MIT */
#include "probe.h"
#include "lib/trap.h"

static volatile char *wall, *low;

static void touch_wall(void)
{
	*wall = 1;
}

static void touch_nothing(void)
{
	*low = 1;
}

static void privileged(void)
{
	__asm__ volatile("hlt");
}

static void setup(void)
{
	wall = bad_address();
	low = (volatile char *)16;
}

static void run(void)
{
	expect_trap(touch_wall, SIGSEGV, SEGV_ACCERR, (const void *)wall);
	expect_trap(touch_nothing, SIGSEGV, SEGV_MAPERR, (const void *)low);
	expect_trap(privileged, SIGSEGV, ANY_CODE, NULL);
}

PROBE(.promise = "A bad access raises SIGSEGV with the address and the reason: SEGV_ACCERR for a "
		 "protected page, SEGV_MAPERR for none; so does a privileged instruction",
      .source = "man 2 sigaction; POSIX.1-2017 <signal.h>",
      .covers = COVERS("rt_sigaction:SIGSEGV", "mprotect:PROT_NONE"),
      .call = {CALL_IF(SYS_rt_sigaction, 0, SIGSEGV)}, .setup = setup, .run = run);
