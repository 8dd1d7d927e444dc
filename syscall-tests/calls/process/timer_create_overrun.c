/* SPDX-License-Identifier: MIT */
#include <time.h>

#include "probe.h"

enum { PERIOD_NS = 300000 };

static sigset_t set;
static timer_t timer;
static int pauses = 2;

static void setup(void)
{
	SETUP_OK(sigemptyset(&set));
	SETUP_OK(sigaddset(&set, SIGUSR1));
	SETUP_OK(sigprocmask(SIG_BLOCK, &set, NULL));
}

/* Whether a signal that was pending for a while tells of more than one expiration. How long that
 * must be depends on how fine the clock is. */
static bool overran(void)
{
	struct timespec limit = {patience_ms() / 1000, patience_ms() % 1000 * 1000000L};
	siginfo_t info = {0};

	for (int i = 0; i < pauses; i++)
		pause_briefly();
	pauses *= 2;
	REQUIRE_EQ(sigtimedwait(&set, &info, &limit), SIGUSR1);
	EXPECT_EQ(timer_getoverrun(timer), info.si_overrun);
	return info.si_overrun > 0;
}

static void run(void)
{
	struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
	struct itimerspec each = {{0, PERIOD_NS}, {0, PERIOD_NS}};

	REQUIRE_OK(timer_create(CLOCK_MONOTONIC, &event, &timer));
	REQUIRE_OK(timer_settime(timer, 0, &each, NULL));
	EXPECT(EVENTUALLY(overran()), "%d pauses long it went off once", pauses / 2);
}

PROBE(.promise =
	      "A timer that goes off while its signal is pending tells with it how often it did: "
	      "profilers and databases count time so",
      .source = "man 2 timer_getoverrun; man 2 sigaction (si_overrun); POSIX.1-2017 "
		"timer_getoverrun",
      .covers = COVERS("timer_getoverrun", "timer_settime"),
      .call = {CALL(SYS_timer_create), CALL(SYS_timer_settime), CALL(SYS_timer_getoverrun)},
      .setup = setup, .run = run);
