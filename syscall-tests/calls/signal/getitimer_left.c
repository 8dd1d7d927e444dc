/* SPDX-License-Identifier: MIT */
#include <sys/time.h>

#include "probe.h"

static void setup(void)
{
	struct itimerval timer = {.it_value = {1000, 0}, .it_interval = {7, 8}};

	SETUP_OK(setitimer(ITIMER_REAL, &timer, NULL));
}

static void run(void)
{
	struct itimerval left = {{0}};

	REQUIRE_OK(getitimer(ITIMER_REAL, &left));
	EXPECT_BETWEEN(left.it_value.tv_sec, 1, 1000);
	EXPECT_BETWEEN(left.it_value.tv_usec, 0, 999999);
	EXPECT_EQ(left.it_interval.tv_sec, 7);
	EXPECT_EQ(left.it_interval.tv_usec, 8);
}

PROBE(.promise = "getitimer tells what is left of a timer and its interval",
      .source = "man 2 getitimer; POSIX.1-2017 getitimer", .covers = COVERS("getitimer"),
      .call = {CALL(SYS_getitimer)}, .setup = setup, .run = run);
