/* SPDX-License-Identifier: MIT */
#include "still.h"

static void run(void)
{
	int fds[2];

	SETUP_OK(pipe(fds));
	mark_set(RUNNER, getppid());
	child_start(write_late, &fds[1]);
	EXPECT(wait_events(fds[0], POLLIN), "patience ended while the machine stood still");
}

PROBE(.promise = "Time in which the machine stood still is not held against a wait for an event",
      .source = "probe.h", .limit_ms = STILL_LIMIT_MS, .run = run);
