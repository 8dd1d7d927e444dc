/* SPDX-License-Identifier: MIT */
#include "still.h"

static void run(void)
{
	int fds[2];
	struct pollfd p = {.events = POLLIN};

	SETUP_OK(pipe(fds));
	p.fd = fds[0];
	mark_set(RUNNER, getppid());
	child_start(write_late, &fds[1]);
	EXPECT(poll(&p, 1, patience_ms()) == 1, "nothing came");
}

PROBE(.promise = "A call that was to wait so long, and did so only while the machine stood still, "
		 "accuses nobody",
      .source = "probe.h", .limit_ms = STILL_LIMIT_MS, .run = run);
