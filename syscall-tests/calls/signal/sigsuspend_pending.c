/* SPDX-License-Identifier: MIT */
#include "probe.h"

static sigset_t blocked;

static void setup(void)
{
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGUSR1);
	sigaddset(&blocked, SIGUSR2);
	signal_watch(SIGUSR1);
	signal_watch(SIGUSR2);
	SETUP_OK(sigprocmask(SIG_BLOCK, &blocked, NULL));
	for (int i = 0; i < 3; i++)
		SETUP_OK(kill(getpid(), SIGUSR1));
	SETUP_OK(kill(getpid(), SIGUSR2));
	interrupt_when_late();
}

static void run(void)
{
	sigset_t wait_for, now;

	EXPECT_EQ(signal_count(SIGUSR1), 0);
	sigemptyset(&wait_for);
	sigaddset(&wait_for, SIGUSR2);
	EXPECT_ERRNO(sigsuspend(&wait_for), EINTR);
	EXPECT_EQ(signal_count(SIGUSR1), 1);
	EXPECT_EQ(signal_count(SIGUSR2), 0);
	SETUP_OK(sigprocmask(SIG_BLOCK, NULL, &now));
	EXPECT_EQ(sigismember(&now, SIGUSR1), 1);
	EXPECT_EQ(sigismember(&now, SIGUSR2), 1);
}

PROBE(.promise =
	      "sigsuspend lets pending signals outside its mask in, each once, answers EINTR and "
	      "puts the old mask back; nginx's master lives in it",
      .source = "man 2 sigsuspend; POSIX.1-2017 sigsuspend",
      .covers = COVERS("rt_sigsuspend", "rt_sigprocmask"), .call = {CALL(SYS_rt_sigsuspend)},
      .setup = setup, .run = run);
