/* SPDX-License-Identifier: MIT */
#include <sys/wait.h>

#include "probe.h"

static void stops(void *arg)
{
	raise(SIGSTOP);
	mark_set(0, 1);
	raise(SIGTERM);
}

static void run(void)
{
	pid_t pid = child_start(stops, NULL);
	int status = child_change(pid, WUNTRACED);

	EXPECT(WIFSTOPPED(status) && WSTOPSIG(status) == SIGSTOP, "%s", wait_name(status));
	EXPECT_EQ(mark_get(0), 0);
	SETUP_OK(kill(pid, SIGCONT));
	status = child_change(pid, 0);
	EXPECT(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM, "%s", wait_name(status));
	EXPECT_EQ(mark_get(0), 1);
}

PROBE(.promise = "Stops and ends of a traced probe's processes reach their parent",
      .source = "docs/en/MUTATION.md", .call = {CALL(SYS_kill)}, .run = run);
