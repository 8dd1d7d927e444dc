/* SPDX-License-Identifier: MIT */
#include "probe.h"

enum { CAUGHT, HELD, IGNORED };

static void job(void *arg)
{
	sigset_t set, pending;

	signal_watch(SIGTSTP);
	REQUIRE_OK(kill(getpid(), SIGTSTP));
	EXPECT_EQ(signal_count(SIGTSTP), 1);
	mark_set(CAUGHT, 1);

	sigemptyset(&set);
	sigaddset(&set, SIGTSTP);
	SETUP_OK(sigprocmask(SIG_BLOCK, &set, NULL));
	REQUIRE_OK(kill(getpid(), SIGTSTP));
	SETUP_OK(sigpending(&pending));
	EXPECT_EQ(sigismember(&pending, SIGTSTP), 1);
	mark_set(HELD, 1);

	SETUP(signal(SIGTSTP, SIG_IGN) != SIG_ERR, "SIGTSTP cannot be ignored");
	SETUP_OK(sigprocmask(SIG_UNBLOCK, &set, NULL));
	REQUIRE_OK(kill(getpid(), SIGTSTP));
	EXPECT_EQ(signal_count(SIGTSTP), 1);
	mark_set(IGNORED, 1);
}

static void run(void)
{
	pid_t pid = child_start(job, NULL);

	EXPECT(mark_wait(CAUGHT), "SIGTSTP stopped a process that catches it");
	EXPECT(mark_wait(HELD), "SIGTSTP stopped a process that holds it back");
	EXPECT(mark_wait(IGNORED), "SIGTSTP stopped a process that ignores it");
	if (!mark_get(IGNORED))
		kill(pid, SIGKILL);
	else
		child_end(pid);
}

PROBE(.promise = "SIGTSTP stops no process that catches, blocks or ignores it",
      .source = "POSIX.1-2017 2.4.3 Signal Actions; man 7 signal",
      .covers = COVERS("kill:SIGTSTP", "rt_sigaction:SIGTSTP"), .call = {CALL(SYS_kill)},
      .run = run);
