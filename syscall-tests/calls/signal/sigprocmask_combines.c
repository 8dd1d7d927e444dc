/* SPDX-License-Identifier: MIT */
#include "probe.h"

enum { NO_SUCH_HOW = 77 };

/* The kernel's own form of a set. */
static uint64_t set_of(int a, int b)
{
	return 1ull << (a - 1) | 1ull << (b - 1);
}

static void change(int how, uint64_t set, uint64_t before, uint64_t after)
{
	uint64_t old = 0x5a5a, now = 0x5a5a;

	REQUIRE_OK(syscall(SYS_rt_sigprocmask, how, &set, &old, sizeof(set)));
	EXPECT_EQ(old, before);
	REQUIRE_OK(syscall(SYS_rt_sigprocmask, NO_SUCH_HOW, NULL, &now, sizeof(now)));
	EXPECT_EQ(now, after);
}

static void run(void)
{
	uint64_t one = set_of(SIGHUP, SIGUSR1), two = set_of(SIGHUP, SIGUSR2), all = one | two;

	change(SIG_SETMASK, one, 0, one);
	change(SIG_BLOCK, two, one, all);
	change(SIG_BLOCK, 0, all, all);
	change(SIG_UNBLOCK, set_of(SIGUSR1, SIGTERM), all, two);
	change(SIG_SETMASK, set_of(SIGRTMAX, SIGTERM), two, set_of(SIGRTMAX, SIGTERM));
	EXPECT_ERRNO(syscall(SYS_rt_sigprocmask, NO_SUCH_HOW, &one, NULL, sizeof(one)), EINVAL);
	change(SIG_SETMASK, 0, set_of(SIGRTMAX, SIGTERM), 0);
}

PROBE(.promise = "sigprocmask adds to the mask, takes from it or replaces it, tells the one "
		 "before, and changes none when it is given no set or a wrong how",
      .source = "man 2 sigprocmask; POSIX.1-2017 pthread_sigmask",
      .covers = COVERS("rt_sigprocmask", "rt_sigprocmask:EINVAL"),
      .call = {CALL(SYS_rt_sigprocmask)}, .run = run);
