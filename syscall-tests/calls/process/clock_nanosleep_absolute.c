/* SPDX-License-Identifier: MIT */
#include <time.h>

#include "probe.h"

static long sleep_until(clockid_t clock, int flags, struct timespec until)
{
	return syscall(SYS_clock_nanosleep, clock, flags, &until, NULL);
}

static void run(void)
{
	struct timespec until = {0}, now = {0};

	EXPECT_OK(sleep_until(CLOCK_MONOTONIC, TIMER_ABSTIME, until));
	EXPECT_OK(sleep_until(CLOCK_REALTIME, TIMER_ABSTIME, until));
	SETUP_OK(clock_gettime(CLOCK_MONOTONIC, &until));
	until.tv_nsec += 4000000;
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	EXPECT_OK(sleep_until(CLOCK_MONOTONIC, TIMER_ABSTIME, until));
	SETUP_OK(clock_gettime(CLOCK_MONOTONIC, &now));
	EXPECT(now.tv_sec > until.tv_sec ||
		       (now.tv_sec == until.tv_sec && now.tv_nsec >= until.tv_nsec),
	       "it woke at %ld.%09ld, %ld.%09ld was asked", (long)now.tv_sec, now.tv_nsec,
	       (long)until.tv_sec, until.tv_nsec);
	until = (struct timespec){.tv_nsec = 1000000000};
	EXPECT_ERRNO(sleep_until(CLOCK_MONOTONIC, 0, until), EINVAL);
	until = (struct timespec){.tv_sec = -1};
	EXPECT_ERRNO(sleep_until(CLOCK_MONOTONIC, 0, until), EINVAL);
	EXPECT_ERRNO(sleep_until(77, 0, (struct timespec){0}), EINVAL);
}

PROBE(.promise = "clock_nanosleep until a time comes back at once when that is past, else not "
		 "before, and refuses times that are none",
      .source = "man 2 clock_nanosleep; POSIX.1-2017 clock_nanosleep",
      .covers = COVERS("clock_nanosleep:TIMER_ABSTIME"), .call = {CALL(SYS_clock_nanosleep)},
      .run = run);
