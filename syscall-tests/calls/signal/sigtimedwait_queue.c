/* SPDX-License-Identifier: MIT */
#include <time.h>

#include "probe.h"

static sigset_t real_time, usual;

static void setup(void)
{
	sigemptyset(&real_time);
	sigaddset(&real_time, SIGRTMIN + 1);
	sigemptyset(&usual);
	sigaddset(&usual, SIGUSR1);
	SETUP_OK(sigprocmask(SIG_BLOCK, &real_time, NULL));
	SETUP_OK(sigprocmask(SIG_BLOCK, &usual, NULL));
}

static void run(void)
{
	struct timespec none = {0}, some = {.tv_nsec = 2000000};
	uint64_t start = now_us();
	siginfo_t info = {0};

	EXPECT_ERRNO(sigtimedwait(&usual, &info, &some), EAGAIN);
	EXPECT(now_us() - start >= 2000, "it gave up after %u us, 2000 were asked",
	       (unsigned)(now_us() - start));
	for (int i = 1; i <= 3; i++)
		REQUIRE_OK(sigqueue(getpid(), SIGRTMIN + 1, (union sigval){.sival_int = i * 11}));
	for (int i = 1; i <= 3; i++) {
		REQUIRE_EQ(sigtimedwait(&real_time, &info, &none), SIGRTMIN + 1);
		EXPECT_EQ(info.si_value.sival_int, i * 11);
		EXPECT_EQ(info.si_code, SI_QUEUE);
		EXPECT_EQ(info.si_pid, getpid());
		EXPECT_EQ(info.si_uid, geteuid());
	}
	EXPECT_ERRNO(sigtimedwait(&real_time, &info, &none), EAGAIN);
	/* Others do not queue. */
	SETUP_OK(kill(getpid(), SIGUSR1));
	SETUP_OK(kill(getpid(), SIGUSR1));
	EXPECT_EQ(sigtimedwait(&usual, &info, &none), SIGUSR1);
	EXPECT_EQ(info.si_code, SI_USER);
	EXPECT_ERRNO(sigtimedwait(&usual, &info, &none), EAGAIN);
}

PROBE(.promise = "Queued real-time signals are taken by sigtimedwait in order with their values, "
		 "other signals once, and EAGAIN tells that none came in time",
      .source = "man 2 sigtimedwait; man 7 signal; POSIX.1-2017 sigqueue",
      .covers = COVERS("rt_sigtimedwait", "rt_sigqueueinfo"),
      .call = {CALL(SYS_rt_sigtimedwait), CALL(SYS_rt_sigqueueinfo)}, .setup = setup, .run = run);
