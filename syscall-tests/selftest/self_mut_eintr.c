/* SPDX-License-Identifier: MIT */
#include "probe.h"

static void on_signal(int sig)
{
}

static void wakes(void *arg)
{
	pid_t pid = getppid();

	mark_wait(0);
	while (!mark_get(1)) {
		kill(pid, SIGUSR1);
		pause_briefly();
	}
}

static void run(void)
{
	struct sigaction act = {.sa_handler = on_signal};
	pid_t pid;

	SETUP_OK(sigaction(SIGUSR1, &act, NULL));
	pid = child_start(wakes, NULL);
	mark_set(0, 1);
	EXPECT_ERRNO(pause(), EINTR);
	mark_set(1, 1);
	child_end(pid);
}

PROBE(.promise = "What a handler cuts short is seen to fail with EINTR",
      .source = "docs/en/MUTATION.md", .call = {CALL(SYS_pause)}, .run = run);
