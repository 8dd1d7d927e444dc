/* SPDX-License-Identifier: MIT */
#include "probe.h"

enum { GO, SUM, HELPERS = 4, TIMES = 100000 };

static void adds(void *arg)
{
	SETUP(mark_wait(GO), "the other process did not go on");
	for (int i = 0; i < TIMES; i++)
		mark_add(SUM, 1);
}

static void run(void)
{
	pid_t pids[HELPERS];

	for (int i = 0; i < HELPERS; i++)
		pids[i] = child_start(adds, NULL);
	mark_set(GO, 1);
	for (int i = 0; i < HELPERS; i++)
		child_end(pids[i]);
	EXPECT_EQ(mark_get(SUM), HELPERS * TIMES);
}

PROBE(.promise = "What several processes add to a mark at once is all there", .source = "probe.h",
      .limit_ms = 4000, .run = run);
