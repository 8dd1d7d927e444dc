/* SPDX-License-Identifier: MIT */
#include "still.h"

enum { TOLD = RUNNER + 1 };

static void tells_late(void *arg)
{
	stand_still();
	pause_briefly();
	mark_set(TOLD, 1);
}

static void run(void)
{
	mark_set(RUNNER, getppid());
	child_start(tells_late, NULL);
	EXPECT(mark_wait(TOLD), "patience ended while the machine stood still");
}

PROBE(.promise = "Time in which the machine stood still is not held against a probe",
      .source = "probe.h", .limit_ms = STILL_LIMIT_MS, .run = run);
