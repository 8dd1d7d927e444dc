/* SPDX-License-Identifier: MIT */
#include "still.h"

static int fds[2];

static void writes_late(void *arg)
{
	stand_still();
	pause_briefly();
	write_full(fds[1], "x", 1);
}

static void run(void)
{
	SETUP_OK(pipe(fds));
	mark_set(RUNNER, getppid());
	child_start(writes_late, NULL);
	EXPECT(wait_events(fds[0], POLLIN), "patience ended while the machine stood still");
}

PROBE(.promise = "Time in which the machine stood still is not held against a wait for an event",
      .source = "probe.h", .limit_ms = STILL_LIMIT_MS, .run = run);
