/* SPDX-License-Identifier: MIT */
#include <poll.h>
#include <sys/timerfd.h>

#include "probe.h"

static void run(void)
{
	struct itimerspec often = {{0, 2000000}, {0, 3000000}}, got = {0}, past = {{0, 0}, {0, 1}};
	uint64_t n = 0, start = now_us(), spent;
	int fd = (int)REQUIRE_OK(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC));

	EXPECT_ERRNO(read(fd, &n, sizeof(n)), EAGAIN);
	REQUIRE_OK(timerfd_settime(fd, 0, &often, NULL));
	EXPECT_OK(timerfd_gettime(fd, &got));
	EXPECT_EQ(got.it_interval.tv_nsec, 2000000);
	REQUIRE(wait_events(fd, POLLIN) & POLLIN, "the timer did not expire");
	EXPECT_EQ(read(fd, &n, sizeof(n)), 8);
	spent = now_us() - start;
	EXPECT(spent >= 3000 && n >= 1 && n <= spent / 2000,
	       "%u us after it was set to 3000 and every 2000 it has expired %u times",
	       (unsigned)spent, (unsigned)n);
	REQUIRE_OK(timerfd_settime(fd, 0, &(struct itimerspec){0}, NULL));
	EXPECT_ERRNO(read(fd, &n, sizeof(n)), EAGAIN);
	REQUIRE_OK(timerfd_settime(fd, TFD_TIMER_ABSTIME, &past, NULL));
	REQUIRE(wait_events(fd, POLLIN) & POLLIN, "a timer set to a time past did not expire");
	EXPECT_EQ(read(fd, &n, sizeof(n)), 8);
	EXPECT_EQ(n, 1);
}

PROBE(.promise = "A timerfd is readable when its time has come, not before, and a read tells how "
		 "often it came; systemd, udev and libevent live on it",
      .source = "man 2 timerfd_create", .covers = COVERS("timerfd_create", "timerfd_settime"),
      .call = {CALL(SYS_timerfd_create)}, .run = run);
