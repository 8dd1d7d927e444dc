/* SPDX-License-Identifier: MIT */
#include "probe.h"

static volatile uint64_t inner, outer_before, outer_after;

static uint64_t mask(void)
{
	uint64_t now = ~0ull;

	syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, &now, sizeof(now));
	return now;
}

static uint64_t bit(int sig)
{
	return 1ull << (sig - 1);
}

static void on_usr2(int sig)
{
	uint64_t more = bit(SIGQUIT);

	inner = mask();
	syscall(SYS_rt_sigprocmask, SIG_BLOCK, &more, NULL, sizeof(more));
}

static void on_usr1(int sig)
{
	outer_before = mask();
	raise(SIGUSR2);
	outer_after = mask();
}

static void catch (int sig, void (*handler)(int), int also)
{
	struct sigaction act = {.sa_handler = handler};

	sigemptyset(&act.sa_mask);
	sigaddset(&act.sa_mask, also);
	REQUIRE_OK(sigaction(sig, &act, NULL));
}

static void setup(void)
{
	uint64_t own = bit(SIGWINCH);

	SETUP_OK(syscall(SYS_rt_sigprocmask, SIG_SETMASK, &own, NULL, sizeof(own)));
}

static void run(void)
{
	uint64_t own = bit(SIGWINCH), outer = own | bit(SIGUSR1) | bit(SIGHUP);

	catch (SIGUSR1, on_usr1, SIGHUP);
	catch (SIGUSR2, on_usr2, SIGTERM);
	SETUP_OK(raise(SIGUSR1));
	EXPECT_EQ(outer_before, outer);
	EXPECT_EQ(inner, outer | bit(SIGUSR2) | bit(SIGTERM));
	EXPECT_EQ(outer_after, outer);
	EXPECT_EQ(mask(), own);
}

PROBE(.promise = "Each handler adds its signal and sa_mask to the mask it found; when it returns "
		 "that one is back, whatever it blocked itself, also in a handler within another",
      .source = "man 2 sigaction; POSIX.1-2017 2.4.3 Signal Actions",
      .covers = COVERS("rt_sigreturn", "rt_sigaction:sa_mask"),
      .call = {CALL_IF(SYS_rt_sigaction, 0, SIGUSR1), CALL_IF(SYS_rt_sigaction, 0, SIGUSR2)},
      .setup = setup, .run = run);
