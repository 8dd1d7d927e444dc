/* SPDX-License-Identifier: MIT */
#include <sys/wait.h>

#include "probe.h"

static volatile sig_atomic_t count;

static void on_child(int sig)
{
	count++;
}

static void waits(void *arg)
{
	mark_set(0, 1);
	EVENTUALLY(false);
}

static pid_t stopped(void)
{
	pid_t pid;

	mark_set(0, 0);
	pid = child_start(waits, NULL);
	SETUP(mark_wait(0), "the child did not start");
	SETUP_OK(kill(pid, SIGSTOP));
	SETUP(child_change(pid, WUNTRACED) != -1, "the child did not stop");
	return pid;
}

static void run(void)
{
	struct sigaction act = {.sa_handler = on_child, .sa_flags = SA_NOCLDSTOP};
	pid_t pid;

	REQUIRE_OK(sigaction(SIGCHLD, &act, NULL));
	pid = stopped();
	REQUIRE(count == 0, "with SA_NOCLDSTOP a stop sent SIGCHLD");
	SETUP_OK(kill(pid, SIGKILL));
	REQUIRE(EVENTUALLY(count == 1), "of a child's end came %d SIGCHLD", count);
	SETUP(WIFSIGNALED(child_join(pid)), "the child lives");

	act.sa_flags = 0;
	REQUIRE_OK(sigaction(SIGCHLD, &act, NULL));
	pid = stopped();
	EXPECT(EVENTUALLY(count == 2), "without SA_NOCLDSTOP a stop sent no SIGCHLD");
	SETUP_OK(kill(pid, SIGKILL));
	SETUP(WIFSIGNALED(child_join(pid)), "the child lives");
}

PROBE(.promise = "A parent gets SIGCHLD when a child stops, unless it said SA_NOCLDSTOP; dropbear "
		 "does",
      .source = "man 2 sigaction; POSIX.1-2017 sigaction",
      .covers = COVERS("rt_sigaction:SA_NOCLDSTOP", "rt_sigaction:SIGCHLD"),
      .call = {CALL_IF(SYS_rt_sigaction, 0, SIGCHLD)}, .run = run);
