/* SPDX-License-Identifier: MIT */
#include <time.h>

#include "probe.h"

enum { BURNT_US = 2000, PAUSES = 5 };

static long long clock_us(clockid_t clock)
{
	struct timespec ts = {0};

	REQUIRE_OK(syscall(SYS_clock_gettime, clock, &ts));
	return ts.tv_sec * 1000000LL + ts.tv_nsec / 1000;
}

static void run(void)
{
	long long cpu = clock_us(CLOCK_PROCESS_CPUTIME_ID), wall, thread;

	while (clock_us(CLOCK_PROCESS_CPUTIME_ID) < cpu + BURNT_US && patience_ms() > 1)
		;
	EXPECT(clock_us(CLOCK_PROCESS_CPUTIME_ID) >= cpu + BURNT_US,
	       "the clock of a process that works does not go on");
	thread = clock_us(CLOCK_THREAD_CPUTIME_ID);
	EXPECT(thread >= BURNT_US, "the thread's clock tells %lld us, %d were used", thread,
	       BURNT_US);
	/* It stands while the process sleeps. */
	wall = clock_us(CLOCK_MONOTONIC);
	cpu = clock_us(CLOCK_PROCESS_CPUTIME_ID);
	for (int i = 0; i < PAUSES; i++)
		pause_briefly();
	cpu = clock_us(CLOCK_PROCESS_CPUTIME_ID) - cpu;
	wall = clock_us(CLOCK_MONOTONIC) - wall;
	SETUP(wall >= PAUSES * 1000, "%d ms of sleep took %lld us", PAUSES, wall);
	EXPECT(cpu < wall, "of %lld us, mostly asleep, the process is told it used %lld", wall,
	       cpu);
}

PROBE(.promise = "CLOCK_PROCESS_CPUTIME_ID goes on while the process works and stands while it "
		 "sleeps; dropbear seeds from it",
      .source = "man 2 clock_gettime; POSIX.1-2017 clock_getres",
      .covers = COVERS("clock_gettime:CLOCK_PROCESS_CPUTIME_ID",
		       "clock_gettime:CLOCK_THREAD_CPUTIME_ID"),
      .call = {CALL_IF(SYS_clock_gettime, 0, CLOCK_PROCESS_CPUTIME_ID)}, .run = run);
