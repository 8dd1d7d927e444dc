/* SPDX-License-Identifier: MIT */
#include <sys/prctl.h>

#include "probe.h"

enum { READY, TOLD };

static void survivor(void)
{
	int sig = -1;

	EXPECT_OK(prctl(PR_GET_PDEATHSIG, &sig));
	EXPECT(sig == 0, "a new process has its parent's %s", signal_name(sig));
	signal_watch(SIGUSR1);
	REQUIRE_OK(prctl(PR_SET_PDEATHSIG, SIGUSR1));
	EXPECT_OK(prctl(PR_GET_PDEATHSIG, &sig));
	EXPECT_EQ(sig, SIGUSR1);
	mark_set(READY, 1);
	if (EVENTUALLY(signal_count(SIGUSR1) > 0))
		mark_set(TOLD, 1);
	_exit(0);
}

static void parent(void *arg)
{
	pid_t pid = (pid_t)SETUP_OK(fork());

	if (pid == 0)
		survivor();
	child_remember(pid);
	SETUP(mark_wait(READY), "the child did not get ready");
	EXPECT_EQ(mark_get(TOLD), 0);
}

static void run(void)
{
	child_end(child_start(parent, NULL));
	EXPECT(mark_wait(TOLD), "no signal came when the parent ended");
}

PROBE(.promise = "PR_SET_PDEATHSIG lets a process get a signal when its parent ends; a new process "
		 "has not asked for one",
      .source = "man 2 prctl (PR_SET_PDEATHSIG)",
      .covers = COVERS("prctl:PR_SET_PDEATHSIG", "prctl:PR_GET_PDEATHSIG"),
      .call = {CALL_IF(SYS_prctl, 0, PR_SET_PDEATHSIG), CALL_IF(SYS_prctl, 0, PR_GET_PDEATHSIG)},
      .run = run);
