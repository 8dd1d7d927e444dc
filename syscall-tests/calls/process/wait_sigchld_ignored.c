/* SPDX-License-Identifier: MIT */
#include <sys/wait.h>

#include "probe.h"

static void ends(void *arg)
{
	pause_briefly();
	mark_add(0, 1);
}

static void run(void)
{
	struct sigaction act = {.sa_handler = SIG_IGN};
	pid_t pid[2];

	interrupt_when_late();
	REQUIRE_OK(sigaction(SIGCHLD, &act, NULL));
	for (int i = 0; i < 2; i++)
		pid[i] = child_start(ends, NULL);
	/* It waits for the last one, and there is nothing to tell of any. */
	EXPECT_ERRNO(wait4(-1, NULL, 0, NULL), ECHILD);
	EXPECT_EQ(mark_get(0), 2);
	for (int i = 0; i < 2; i++)
		EXPECT(EVENTUALLY(kill(pid[i], 0) == -1 && errno == ESRCH),
		       "a child that ended is still there: %s", errno_name(errno));
}

PROBE(.promise = "While SIGCHLD is ignored children leave nothing behind, and wait comes back with "
		 "ECHILD when the last one has ended: servers that fork rely on it",
      .source = "man 2 wait4 (NOTES); POSIX.1-2017 wait (XSI)",
      .covers = COVERS("wait4:ECHILD", "rt_sigaction:SIG_IGN"),
      .call = {CALL(SYS_wait4), CALL_IF(SYS_rt_sigaction, 0, SIGCHLD)}, .run = run);
