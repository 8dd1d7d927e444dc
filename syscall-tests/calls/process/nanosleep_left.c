/* SPDX-License-Identifier: MIT */
#include <sys/time.h>
#include <time.h>

#include "probe.h"

enum { LONG_S = 30, COARSE_US = 10000 };

static void on_alarm(int sig)
{
}

static void setup(void)
{
	struct sigaction act = {.sa_handler = on_alarm, .sa_flags = SA_RESTART};
	struct itimerval often = {{0, 2000}, {0, 2000}};

	SETUP_OK(sigaction(SIGALRM, &act, NULL));
	SETUP_OK(setitimer(ITIMER_REAL, &often, NULL));
}

static void run(void)
{
	struct timespec wish = {.tv_sec = LONG_S}, left = {-7, -7};
	uint64_t start = now_us();
	long long sum;

	EXPECT_ERRNO(nanosleep(&wish, &left), EINTR);
	sum = left.tv_sec * 1000000LL + left.tv_nsec / 1000 + (long long)(now_us() - start);
	EXPECT(left.tv_sec >= 0 && left.tv_sec < LONG_S && left.tv_nsec >= 0 &&
		       left.tv_nsec < 1000000000,
	       "%ld s and %ld ns are said to be left", (long)left.tv_sec, left.tv_nsec);
	EXPECT(sum >= LONG_S * 1000000LL - COARSE_US,
	       "time slept and time left are %lld us, %d s were asked", sum, LONG_S);
}

PROBE(.promise = "A signal ends nanosleep with EINTR, SA_RESTART or not, and it tells what is left",
      .source = "man 2 nanosleep; man 7 signal; POSIX.1-2017 nanosleep",
      .covers = COVERS("nanosleep:EINTR"), .call = {CALL(SYS_nanosleep), CALL(SYS_clock_nanosleep)},
      .setup = setup, .run = run);
