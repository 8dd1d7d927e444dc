/* SPDX-License-Identifier: MIT */
#include <sys/wait.h>

#include "probe.h"

static void dies(void *arg)
{
	raise(SIGABRT);
}

static void run(void)
{
	EXPECT_STR(wait_name(child_join(child_start(dies, NULL))), "death by SIGABRT");
	EXPECT_STR(wait_name(0x100), "exit 1");
	EXPECT_STR(wait_name(0x157f), "a stop by SIGTTIN");
	EXPECT_STR(wait_name(0xffff), "going on");
	EXPECT_STR(wait_name(-1), "nothing in time");
	EXPECT_STR(wait_name(0xfffff), "wait status 0xfffff (killed by a kernel panic)");
	EXPECT_STR(errno_name(EAGAIN), "EAGAIN");
	EXPECT_STR(errno_name(4095), "errno 4095 (kernel panic recovered)");
	EXPECT_STR(errno_name(512), "errno 512");
	EXPECT_STR(signal_name(SIGWINCH), "SIGWINCH");
}

PROBE(.promise = "Numbers are told by name", .source = "probe.h", .run = run);
