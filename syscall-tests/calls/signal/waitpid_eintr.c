/* SPDX-License-Identifier: MIT */
#include <sys/wait.h>

#include "probe.h"

enum { HANDLED, MAY_END };

static pid_t parent;

static void on_signal(int sig)
{
	mark_add(HANDLED, 1);
}

static void disturb(void *arg)
{
	while (!(mark_get(MAY_END) && mark_get(HANDLED) > 3) && patience_ms() > 1) {
		SETUP_OK(kill(parent, SIGUSR1));
		pause_briefly();
	}
}

static void setup(void)
{
	parent = getpid();
	SETUP(signal(SIGUSR1, SIG_IGN) != SIG_ERR, "signal: %s", errno_name(errno));
}

static void catch_with(int flags)
{
	struct sigaction act = {.sa_handler = on_signal, .sa_flags = flags};

	SETUP_OK(sigaction(SIGUSR1, &act, NULL));
}

static void run(void)
{
	int status = -1;
	pid_t pid;

	catch_with(0);
	pid = child_start(disturb, NULL);
	EXPECT_ERRNO(waitpid(pid, &status, 0), EINTR);
	catch_with(SA_RESTART);
	mark_set(HANDLED, 0);
	mark_set(MAY_END, 1);
	EXPECT_EQ(waitpid(pid, &status, 0), pid);
	EXPECT_EQ(status, 0);
	EXPECT(mark_get(HANDLED) > 3, "waitpid came back after %d signals", mark_get(HANDLED));
}

PROBE(.promise = "A handled signal ends waitpid with EINTR, or with SA_RESTART leaves it waiting "
		 "for the child",
      .source = "man 2 waitpid (EINTR); man 7 signal; POSIX.1-2017 sigaction",
      .covers = COVERS("wait4:EINTR", "rt_sigaction:SA_RESTART"), .call = {CALL(SYS_wait4)},
      .setup = setup, .run = run);
