/* SPDX-License-Identifier: MIT */
#include "probe.h"

enum { AWAKE };

static pid_t waiting;

static void setup(void)
{
	waiting = getpid();
	signal_watch(SIGUSR1);
	interrupt_when_late();
}

/* More than one, since the first may come before the other waits. */
static void wake(void *arg)
{
	while (!mark_get(AWAKE) && patience_ms() > 1) {
		SETUP_OK(kill(waiting, SIGUSR1));
		pause_briefly();
	}
}

static void run(void)
{
	pid_t pid = child_start(wake, NULL);

	EXPECT_ERRNO(pause(), EINTR);
	EXPECT(signal_count(SIGUSR1) > 0, "pause came back before the handler had run");
	mark_set(AWAKE, 1);
	child_end(pid);
}

PROBE(.promise = "pause waits for a signal and comes back with EINTR when its handler has run",
      .source = "man 2 pause; POSIX.1-2017 pause", .covers = COVERS("pause"),
      .call = {CALL(SYS_pause)}, .setup = setup, .run = run);
