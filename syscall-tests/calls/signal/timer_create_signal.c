/* SPDX-License-Identifier: MIT */
#include <time.h>

#include "probe.h"

enum { VALUE = 4711 };

static void setup(void)
{
	signal_watch(SIGUSR1);
}

static void run(void)
{
	struct sigevent event = {.sigev_notify = SIGEV_SIGNAL,
				 .sigev_signo = SIGUSR1,
				 .sigev_value.sival_int = VALUE};
	struct itimerspec soon = {.it_value.tv_nsec = 500000}, far = {.it_value.tv_sec = 1000};
	struct itimerspec none = {0}, told = {0};
	timer_t timer;

	REQUIRE_OK(timer_create(CLOCK_MONOTONIC, &event, &timer));
	REQUIRE_OK(timer_settime(timer, 0, &soon, NULL));
	REQUIRE(EVENTUALLY(signal_count(SIGUSR1) == 1), "the timer's signal did not come");
	EXPECT_EQ(signal_last(SIGUSR1)->si_code, SI_TIMER);
	EXPECT_EQ(signal_last(SIGUSR1)->si_value.sival_int, VALUE);
	REQUIRE_OK(timer_settime(timer, 0, &far, NULL));
	EXPECT_OK(timer_gettime(timer, &told));
	EXPECT_BETWEEN(told.it_value.tv_sec, 900, 1000);
	REQUIRE_OK(timer_settime(timer, 0, &none, &told));
	EXPECT_BETWEEN(told.it_value.tv_sec, 900, 1000);
	EXPECT_OK(timer_gettime(timer, &told));
	EXPECT(told.it_value.tv_sec == 0 && told.it_value.tv_nsec == 0,
	       "a timer that was stopped has %ld s left", (long)told.it_value.tv_sec);
	REQUIRE_OK(timer_delete(timer));
	EXPECT_ERRNO(timer_settime(timer, 0, &far, NULL), EINVAL);
	EXPECT_EQ(signal_count(SIGUSR1), 1);
}

PROBE(.promise = "A timer of timer_create sends its signal with SI_TIMER and its value once it is "
		 "due, tells what is left, and can be stopped and deleted",
      .source = "man 2 timer_create; man 2 timer_settime; POSIX.1-2017 timer_create",
      .covers = COVERS("timer_create", "timer_settime", "timer_gettime", "timer_delete"),
      .call = {CALL(SYS_timer_create), CALL(SYS_timer_settime), CALL(SYS_timer_gettime),
	       CALL(SYS_timer_delete)},
      .setup = setup, .run = run);
