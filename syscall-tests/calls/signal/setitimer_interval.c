/* SPDX-License-Identifier: MIT */
#include <sys/time.h>

#include "probe.h"

static void setup(void)
{
	signal_watch(SIGALRM);
}

static void run(void)
{
	struct itimerval often = {{0, 400}, {0, 400}}, none = {{0, 0}, {0, 0}},
			 old = {{9, 9}, {9, 9}};
	int seen;

	REQUIRE_OK(setitimer(ITIMER_REAL, &often, NULL));
	EXPECT(EVENTUALLY(signal_count(SIGALRM) >= 3), "of a repeating timer %d signals came",
	       signal_count(SIGALRM));
	REQUIRE_OK(setitimer(ITIMER_REAL, &none, &old));
	EXPECT(old.it_interval.tv_sec == 0 && old.it_interval.tv_usec >= 400,
	       "the interval was told to be %ld us", (long)old.it_interval.tv_usec);
	seen = signal_count(SIGALRM);
	pause_briefly();
	EXPECT(signal_count(SIGALRM) == seen, "a timer that was stopped goes on");
}

PROBE(.promise = "A timer with an interval raises SIGALRM again and again until it is stopped",
      .source = "man 2 setitimer; POSIX.1-2017 setitimer",
      .covers = COVERS("setitimer:ITIMER_REAL"), .call = {CALL(SYS_setitimer)}, .setup = setup,
      .run = run);
