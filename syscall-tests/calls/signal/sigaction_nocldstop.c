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
	EVENTUALLY(false);
}

static void run(void)
{
	struct sigaction act = {.sa_handler = on_child, .sa_flags = SA_NOCLDSTOP};
	pid_t pid = child_start(waits, NULL);

	REQUIRE_OK(sigaction(SIGCHLD, &act, NULL));
	SETUP_OK(kill(pid, SIGSTOP));
	SETUP(child_change(pid, WUNTRACED) != -1, "the child did not stop");
	EXPECT(count == 0, "with SA_NOCLDSTOP a stop sent SIGCHLD");
	SETUP_OK(kill(pid, SIGCONT));
	SETUP(child_change(pid, WCONTINUED) != -1, "the child did not go on");
	EXPECT(count == 0, "with SA_NOCLDSTOP going on sent SIGCHLD");
	act.sa_flags = 0;
	REQUIRE_OK(sigaction(SIGCHLD, &act, NULL));
	SETUP_OK(kill(pid, SIGSTOP));
	EXPECT(EVENTUALLY(count == 1), "without SA_NOCLDSTOP a stop sent no SIGCHLD");
	SETUP_OK(kill(pid, SIGKILL));
	EXPECT(EVENTUALLY(count == 2), "the child's end sent no SIGCHLD");
	EXPECT(WIFSIGNALED(child_join(pid)), "the child lives");
}

PROBE(.promise = "A parent gets SIGCHLD when a child stops, unless it said SA_NOCLDSTOP; dropbear "
		 "does",
      .source = "man 2 sigaction; POSIX.1-2017 sigaction",
      .covers = COVERS("rt_sigaction:SA_NOCLDSTOP", "rt_sigaction:SIGCHLD"),
      .call = {CALL_IF(SYS_rt_sigaction, 0, SIGCHLD)}, .run = run);
