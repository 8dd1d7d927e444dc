/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <sys/time.h>
#include <time.h>

#include "probe.h"

enum { TICK_US = 10000, TRIES = 3 };

static long long real_us(void)
{
	struct timespec ts = {0};

	SETUP_OK(syscall(SYS_clock_gettime, CLOCK_REALTIME, &ts));
	return ts.tv_sec * 1000000LL + ts.tv_nsec / 1000;
}

/* It may be as coarse as a tick; and somebody may set the clock in between, though not each time.
 */
static bool agrees(const struct timeval *tv, long long before)
{
	long long at = tv->tv_sec * 1000000LL + tv->tv_usec;

	return before - TICK_US <= at && at <= real_us();
}

static void run(void)
{
	struct timeval tv;
	bool good = false;

	for (int i = 0; i < TRIES && !good; i++) {
		long long before = real_us();

		/* All of it must be written. */
		memset(&tv, 0x55, sizeof(tv));
		REQUIRE_OK(syscall(SYS_gettimeofday, &tv, NULL));
		EXPECT_BETWEEN(tv.tv_usec, 0, 999999);
		good = agrees(&tv, before);
	}
	EXPECT(good, "gettimeofday and CLOCK_REALTIME tell different times");
}

PROBE(.promise =
	      "gettimeofday tells the time of CLOCK_REALTIME, in seconds and less than a million "
	      "microseconds",
      .source = "man 2 gettimeofday; POSIX.1-2017 gettimeofday", .covers = COVERS("gettimeofday"),
      .call = {CALL(SYS_gettimeofday)}, .run = run);
