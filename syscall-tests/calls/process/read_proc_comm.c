/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <sys/prctl.h>

#include "probe.h"
#include "lib/procfile.h"

enum { NAMED, SEEN };

static void named(void *arg)
{
	SETUP_OK(prctl(PR_SET_NAME, "of a child"));
	mark_set(NAMED, 1);
	SETUP(mark_wait(SEEN), "the parent did not look");
}

static void run(void)
{
	pid_t pid = child_start(named, NULL);
	char path[40], text[64];

	SETUP(mark_wait(NAMED), "the child did not name itself");
	snprintf(path, sizeof(path), "/proc/%d/comm", (int)pid);
	proc_read(path, text, sizeof(text));
	EXPECT_STR(text, "of a child\n");
	mark_set(SEEN, 1);
	child_end(pid);
}

PROBE(.promise = "/proc/PID/comm tells the name that a process gave itself: pgrep, killall and top "
		 "read it",
      .source = "man 5 proc (/proc/pid/comm); man 2 prctl (PR_SET_NAME)",
      .covers = COVERS("openat:/proc/pid/comm"), .needs = NEEDS("proc"), .call = {CALL(SYS_read)},
      .run = run);
