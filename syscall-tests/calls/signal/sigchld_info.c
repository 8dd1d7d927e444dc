/* SPDX-License-Identifier: MIT */
#include <sys/wait.h>

#include "probe.h"

static void exits(void *arg)
{
	_exit(19);
}

static void is_killed(void *arg)
{
	EVENTUALLY(false);
}

static void run(void)
{
	struct sigaction act = {.sa_handler = SIG_DFL, .sa_flags = SA_NOCLDWAIT};
	pid_t pid;

	interrupt_when_late();
	REQUIRE_OK(sigaction(SIGCHLD, &act, NULL));
	signal_watch(SIGCHLD);
	pid = child_start(exits, NULL);
	REQUIRE(EVENTUALLY(signal_count(SIGCHLD) == 1), "no SIGCHLD came");
	EXPECT_EQ(signal_last(SIGCHLD)->si_code, CLD_EXITED);
	EXPECT_EQ(signal_last(SIGCHLD)->si_pid, pid);
	EXPECT_EQ(signal_last(SIGCHLD)->si_status, 19);
	EXPECT_EQ(signal_last(SIGCHLD)->si_uid, getuid());
	child_join(pid);

	pid = child_start(is_killed, NULL);
	SETUP_OK(kill(pid, SIGTERM));
	REQUIRE(EVENTUALLY(signal_count(SIGCHLD) == 2), "no second SIGCHLD came");
	EXPECT_EQ(signal_last(SIGCHLD)->si_code, CLD_KILLED);
	EXPECT_EQ(signal_last(SIGCHLD)->si_status, SIGTERM);
	child_join(pid);

	EXPECT_OK(sigaction(SIGCHLD, &act, NULL));
	child_start(exits, NULL);
	EXPECT_ERRNO(waitpid(-1, NULL, 0), ECHILD);
}

PROBE(.promise = "SIGCHLD tells which child ended and how; with SA_NOCLDWAIT children leave "
		 "nothing to "
		 "wait for",
      .source = "man 2 sigaction; POSIX.1-2017 <signal.h>",
      .covers = COVERS("rt_sigaction:SIGCHLD", "rt_sigaction:SA_NOCLDWAIT", "wait4"),
      .call = {CALL_IF(SYS_rt_sigaction, 0, SIGCHLD)}, .run = run);
