/* SPDX-License-Identifier: MIT */
#include <sys/wait.h>

#include "probe.h"

static void waits(void *arg)
{
	mark_set(*(const int *)arg, 1);
	EVENTUALLY(false);
}

static void run(void)
{
	pid_t a = child_start(waits, &(int){0}), b = child_start(waits, &(int){1});
	int status;

	SETUP(mark_wait(0) && mark_wait(1), "the children did not start");
	SETUP_OK(setpgid(a, a));
	SETUP_OK(setpgid(b, a));
	SETUP_EQ(getpgid(b), a);
	SETUP_EQ(getpgid(a), a);
	signal_watch(SIGTERM);
	REQUIRE_OK(kill(-a, SIGTERM));
	status = child_change(a, 0);
	EXPECT(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM,
	       "the leader of the group: there was %s, not death by SIGTERM", wait_name(status));
	status = child_change(b, 0);
	EXPECT(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM,
	       "a member of the group: there was %s, not death by SIGTERM", wait_name(status));
	EXPECT_EQ(signal_count(SIGTERM), 0);
	EXPECT_ERRNO(kill(-a, SIGTERM), ESRCH);
	/* 0 is the caller's own group. */
	EXPECT_OK(kill(0, SIGTERM));
	EXPECT(EVENTUALLY(signal_count(SIGTERM) == 1), "a signal to the own group did not come");
}

PROBE(.promise = "A signal to a group reaches every member and nobody else, and ESRCH tells that "
		 "none is left",
      .source = "man 2 kill; POSIX.1-2017 kill", .covers = COVERS("kill", "kill:ESRCH"),
      .call = {CALL(SYS_kill)}, .run = run);
