/* SPDX-License-Identifier: MIT */
#include <sys/time.h>
#include <time.h>

#include "probe.h"

/* A sleep may be meant to end a little later than asked, by Linux's timer slack 50 us. */
enum { LONG_S = 30, COARSE_US = 10000, SLACK_US = 1000 };

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
	long long left_us, sum;

	EXPECT_ERRNO(nanosleep(&wish, &left), EINTR);
	left_us = left.tv_sec * 1000000LL + left.tv_nsec / 1000;
	sum = left_us + (long long)(now_us() - start);
	EXPECT(left.tv_sec >= 0 && left.tv_nsec >= 0 && left.tv_nsec < 1000000000 &&
		       left_us <= LONG_S * 1000000LL + SLACK_US,
	       "%ld s and %ld ns are said to be left", (long)left.tv_sec, left.tv_nsec);
	EXPECT(left.tv_sec != wish.tv_sec || left.tv_nsec != wish.tv_nsec,
	       "all of the time is said to be left");
	EXPECT(sum >= LONG_S * 1000000LL - COARSE_US,
	       "time slept and time left are %lld us, %d s were asked", sum, LONG_S);
}

PROBE(.promise = "A signal ends nanosleep with EINTR, SA_RESTART or not, and it tells what is left",
      .source = "man 2 nanosleep; man 7 signal; POSIX.1-2017 nanosleep",
      .covers = COVERS("nanosleep:EINTR"), .call = {CALL(SYS_nanosleep), CALL(SYS_clock_nanosleep)},
      .setup = setup, .run = run);
