/* SPDX-License-Identifier: MIT */
#include <poll.h>
#include <sys/timerfd.h>

#include "probe.h"

enum { HOUR = 3600 };

static void run(void)
{
	struct itimerspec hour = {.it_interval = {60, 5}, .it_value = {HOUR, 0}}, got = {0};
	struct itimerspec soon = {.it_value = {0, 1000}};
	int fd = (int)REQUIRE_OK(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC));
	uint64_t n = 0;

	REQUIRE_OK(timerfd_gettime(fd, &got));
	EXPECT_EQ(got.it_value.tv_sec, 0);
	EXPECT_EQ(got.it_value.tv_nsec, 0);
	REQUIRE_OK(timerfd_settime(fd, 0, &hour, NULL));
	REQUIRE_OK(timerfd_gettime(fd, &got));
	EXPECT_BETWEEN(got.it_value.tv_sec, 1, HOUR);
	EXPECT_EQ(got.it_interval.tv_sec, 60);
	EXPECT_EQ(got.it_interval.tv_nsec, 5);
	got = (struct itimerspec){0};
	/* The new setting gives the old one back. */
	REQUIRE_OK(timerfd_settime(fd, 0, &soon, &got));
	EXPECT_BETWEEN(got.it_value.tv_sec, 1, HOUR);
	EXPECT_EQ(got.it_interval.tv_sec, 60);
	REQUIRE(wait_events(fd, POLLIN) & POLLIN, "the timer did not expire");
	EXPECT_EQ(read(fd, &n, sizeof(n)), 8);
	EXPECT_EQ(n, 1);
	/* It was set for once: now it is off. */
	got.it_value.tv_nsec = 77;
	REQUIRE_OK(timerfd_gettime(fd, &got));
	EXPECT_EQ(got.it_value.tv_sec, 0);
	EXPECT_EQ(got.it_value.tv_nsec, 0);
	EXPECT_EQ(got.it_interval.tv_sec, 0);
}

PROBE(.promise = "timerfd_gettime, and timerfd_settime of what was before, tell the time left and "
		 "the interval; both are 0 for a timer that is off or has expired for once",
      .source = "man 2 timerfd_settime", .covers = COVERS("timerfd_settime", "timerfd_gettime"),
      .call = {CALL(SYS_timerfd_gettime), CALL(SYS_timerfd_settime), CALL(SYS_timerfd_create)},
      .run = run);
