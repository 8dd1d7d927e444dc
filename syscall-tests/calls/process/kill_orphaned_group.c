/* SPDX-License-Identifier: MIT */
#include <sys/wait.h>

#include "probe.h"

enum { READY, HUNG_UP, CONTINUED };

static void job(void *arg)
{
	SETUP_OK(setpgid(0, 0));
	signal_watch(SIGHUP);
	signal_watch(SIGCONT);
	mark_set(READY, 1);
	EVENTUALLY(signal_count(SIGHUP) && signal_count(SIGCONT));
	mark_set(HUNG_UP, signal_count(SIGHUP));
	mark_set(CONTINUED, signal_count(SIGCONT));
}

static void shell(void *arg)
{
	pid_t pid = (pid_t)SETUP_OK(fork());

	if (pid == 0) {
		job(NULL);
		_exit(0);
	}
	child_remember(pid);
	SETUP(mark_wait(READY), "the job did not start");
	REQUIRE_OK(kill(pid, SIGSTOP));
	REQUIRE(child_change(pid, WUNTRACED) != -1, "the job did not stop");
	EXPECT_EQ(mark_get(HUNG_UP), 0);
}

static void run(void)
{
	child_end(child_start(shell, NULL));
	EXPECT(mark_wait(HUNG_UP), "the stopped job got no SIGHUP when it was orphaned");
	EXPECT(mark_wait(CONTINUED), "the stopped job got no SIGCONT when it was orphaned");
}

PROBE(.promise = "When the end of a process orphans a group with a stopped member, the group gets "
		 "SIGHUP "
		 "and SIGCONT",
      .source = "POSIX.1-2017 _Exit; man 2 setpgid",
      .covers = COVERS("kill:SIGSTOP", "exit_group", "setpgid"), .call = {CALL(SYS_kill)},
      .run = run);
