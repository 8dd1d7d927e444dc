/* SPDX-License-Identifier: MIT */
#include <time.h>

#include "probe.h"

enum { ROUNDS = 20, NO_CLOCK = 77 };

static int64_t told(const struct timespec *ts)
{
	EXPECT(ts->tv_nsec >= 0 && ts->tv_nsec < 1000000000, "a clock tells %ld ns",
	       (long)ts->tv_nsec);
	return ts->tv_sec * 1000000000 + ts->tv_nsec;
}

/* From the kernel itself, which the library need not ask. */
static int64_t ask(clockid_t clock)
{
	struct timespec ts = {.tv_nsec = -1};

	REQUIRE_OK(syscall(SYS_clock_gettime, clock, &ts));
	return told(&ts);
}

static int64_t by_library(void)
{
	struct timespec ts = {.tv_nsec = -1};

	REQUIRE_OK(clock_gettime(CLOCK_MONOTONIC, &ts));
	return told(&ts);
}

static void run(void)
{
	struct timespec grain = {0};
	int64_t last = 0;

	for (int i = 0; i < ROUNDS; i++) {
		int64_t coarse = ask(CLOCK_MONOTONIC_COARSE);
		int64_t next = i % 2 ? ask(CLOCK_MONOTONIC) : by_library();

		EXPECT(next >= last, "CLOCK_MONOTONIC went back by %lld ns",
		       (long long)(last - next));
		EXPECT(next >= coarse, "CLOCK_MONOTONIC_COARSE is %lld ns ahead",
		       (long long)(coarse - next));
		last = next;
	}
	EXPECT(ask(CLOCK_BOOTTIME) >= last, "CLOCK_BOOTTIME is behind CLOCK_MONOTONIC");
	EXPECT_OK(syscall(SYS_clock_getres, CLOCK_MONOTONIC, &grain));
	EXPECT(grain.tv_sec == 0 && grain.tv_nsec > 0, "the grain is %lld s and %ld ns",
	       (long long)grain.tv_sec, (long)grain.tv_nsec);
	EXPECT_ERRNO(syscall(SYS_clock_gettime, NO_CLOCK, &grain), EINVAL);
}

PROBE(.promise =
	      "CLOCK_MONOTONIC never goes back, asked by whichever way, nor is behind its coarse "
	      "kind, nor CLOCK_BOOTTIME behind it: every time-out counts on it",
      .source = "man 2 clock_gettime; man 7 vdso",
      .covers = COVERS("clock_gettime:CLOCK_MONOTONIC", "clock_gettime:CLOCK_MONOTONIC_COARSE",
		       "clock_gettime:CLOCK_BOOTTIME", "clock_getres"),
      .call = {CALL(SYS_clock_gettime)}, .run = run);
