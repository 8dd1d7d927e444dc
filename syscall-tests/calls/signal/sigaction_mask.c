/* SPDX-License-Identifier: MIT */
#include "probe.h"

static volatile sig_atomic_t depth, deepest, usr1, usr2, early;

static void on_usr2(int sig)
{
	usr2++;
}

static void on_usr1(int sig)
{
	if (++depth > deepest)
		deepest = depth;
	if (++usr1 == 1) {
		raise(SIGUSR2);
		raise(SIGUSR1);
		early = usr2;
	}
	depth--;
}

static void catch_with(int flags)
{
	struct sigaction act = {.sa_handler = on_usr1, .sa_flags = flags};

	sigemptyset(&act.sa_mask);
	sigaddset(&act.sa_mask, SIGUSR2);
	REQUIRE_OK(sigaction(SIGUSR1, &act, NULL));
	usr1 = usr2 = deepest = early = 0;
}

static void setup(void)
{
	struct sigaction act = {.sa_handler = on_usr2};

	SETUP_OK(sigaction(SIGUSR2, &act, NULL));
}

static void run(void)
{
	catch_with(0);
	SETUP_OK(raise(SIGUSR1));
	EXPECT(usr1 == 2 && usr2 == 1, "of 2 and 1 signals %d and %d were handled", usr1, usr2);
	EXPECT(deepest == 1, "a handler was interrupted by its own signal");
	EXPECT(early == 0, "a handler was interrupted by a signal of its sa_mask");
	catch_with(SA_NODEFER);
	SETUP_OK(raise(SIGUSR1));
	EXPECT_EQ(usr1, 2);
	EXPECT(deepest == 2, "with SA_NODEFER the handler was not interrupted by its own signal");
	EXPECT_EQ(early, 0);
	EXPECT_EQ(usr2, 1);
}

PROBE(.promise = "While a handler runs, its own signal and those of sa_mask wait; with SA_NODEFER "
		 "its own does not",
      .source = "man 2 sigaction; POSIX.1-2017 sigaction",
      .covers = COVERS("rt_sigaction:sa_mask", "rt_sigaction:SA_NODEFER"),
      .call = {CALL_IF(SYS_rt_sigaction, 0, SIGUSR1)}, .setup = setup, .run = run);
