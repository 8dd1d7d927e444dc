/* SPDX-License-Identifier: MIT */
#include <sys/wait.h>

#include "probe.h"

static void on_signal(int sig)
{
	struct sigaction act = {.sa_handler = on_signal};

	EXPECT_OK(sigaction(SIGUSR1, NULL, &act));
	mark_add(0, 1);
	if (act.sa_handler != SIG_DFL)
		mark_set(3, 1);
}

static void twice(void *arg)
{
	struct sigaction act = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};

	REQUIRE_OK(sigaction(SIGUSR1, &act, NULL));
	raise(SIGUSR1);
	mark_set(1, 1);
	raise(SIGUSR1);
	mark_set(2, 1);
}

static void run(void)
{
	int status = child_join(child_start(twice, NULL));

	REQUIRE(mark_get(0) != 0, "the handler was not called");
	EXPECT(mark_get(0) == 1, "the handler was called %d times", mark_get(0));
	EXPECT(!mark_get(3), "while the handler ran, it was still set");
	EXPECT(mark_get(1), "the first signal ended the process");
	EXPECT(!mark_get(2), "the second signal did nothing");
	EXPECT(WIFSIGNALED(status) && WTERMSIG(status) == SIGUSR1,
	       "after the second signal there was %s, not death by SIGUSR1", wait_name(status));
}

PROBE(.promise = "With SA_RESETHAND a handler is called once and the signal has its default "
		 "meaning from then on",
      .source = "man 2 sigaction; POSIX.1-2017 sigaction",
      .covers = COVERS("rt_sigaction:SA_RESETHAND"),
      .call = {CALL_IF(SYS_rt_sigaction, 0, SIGUSR1)}, .run = run);
