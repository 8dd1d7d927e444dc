/* SPDX-License-Identifier: MIT */
#include "probe.h"

enum { SENT = 5 };

static volatile int handled, number[SENT], value[SENT];
static sigset_t held;
static uid_t user;

static void on_signal(int sig, siginfo_t *info, void *context)
{
	if (handled < SENT && info->si_uid == user) {
		number[handled] = sig - SIGRTMIN;
		value[handled] = info->si_value.sival_int;
	}
	handled++;
}

static void setup(void)
{
	/* One after the other: no handler interrupts another. */
	struct sigaction act = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO};

	user = getuid();
	sigfillset(&act.sa_mask);
	sigemptyset(&held);
	for (int i = 1; i <= 3; i++) {
		SETUP_OK(sigaction(SIGRTMIN + i, &act, NULL));
		sigaddset(&held, SIGRTMIN + i);
	}
	SETUP_OK(sigprocmask(SIG_BLOCK, &held, NULL));
}

static void queue(int i, int with)
{
	REQUIRE_OK(sigqueue(getpid(), SIGRTMIN + i, (union sigval){.sival_int = with}));
}

static void run(void)
{
	static const int in_turn[SENT] = {1, 1, 2, 3, 3}, with[SENT] = {20, 50, 40, 10, 30};

	queue(3, 10);
	queue(1, 20);
	queue(3, 30);
	queue(2, 40);
	queue(1, 50);
	EXPECT_EQ(handled, 0);
	SETUP_OK(sigprocmask(SIG_UNBLOCK, &held, NULL));
	EXPECT_EQ(handled, SENT);
	for (int i = 0; i < SENT && i < handled; i++)
		EXPECT(number[i] == in_turn[i] && value[i] == with[i],
		       "signal %d was SIGRTMIN+%d with %d, expected SIGRTMIN+%d with %d", i + 1,
		       number[i], value[i], in_turn[i], with[i]);
}

PROBE(.promise = "Queued real-time signals reach their handlers each with its value, the lower "
		 "number first, those of one number in the order they were sent",
      .source = "man 7 signal (Real-time signals); POSIX.1-2017 2.4.2",
      .covers = COVERS("rt_sigqueueinfo", "rt_sigaction:SA_SIGINFO"),
      .call = {CALL(SYS_rt_sigqueueinfo)}, .setup = setup, .run = run);
