/* SPDX-License-Identifier: MIT */
#include "probe.h"

static char stack[16384], other[16384];
static volatile sig_atomic_t inside, flags, refused, calls;

static void on_signal(int sig)
{
	stack_t now = {0}, change = {.ss_sp = other, .ss_size = sizeof(other)};
	char *here = __builtin_frame_address(0);

	inside = here > stack && here <= stack + sizeof(stack);
	sigaltstack(NULL, &now);
	flags = now.ss_flags;
	errno = 0;
	refused = sigaltstack(&change, NULL) == -1 && errno == EPERM;
	calls++;
}

static void raise_with(int sa_flags)
{
	struct sigaction act = {.sa_handler = on_signal, .sa_flags = sa_flags};

	SETUP_OK(sigaction(SIGUSR1, &act, NULL));
	calls = 0;
	SETUP_OK(raise(SIGUSR1));
	REQUIRE_EQ(calls, 1);
}

static void run(void)
{
	stack_t set = {.ss_sp = stack, .ss_size = sizeof(stack)}, got = {0};

	REQUIRE_OK(sigaltstack(&set, NULL));
	EXPECT_OK(sigaltstack(NULL, &got));
	EXPECT(got.ss_sp == stack, "another stack was kept");
	EXPECT_EQ(got.ss_size, sizeof(stack));
	EXPECT_EQ(got.ss_flags, 0);
	raise_with(SA_ONSTACK);
	EXPECT(inside, "the handler did not run on the alternate stack");
	EXPECT(flags == SS_ONSTACK, "inside, the flags are %#x, not SS_ONSTACK", (unsigned)flags);
	EXPECT(refused, "inside, the stack could be changed");
	raise_with(0);
	EXPECT(!inside, "without SA_ONSTACK the handler ran on the alternate stack");
	set.ss_size = 100;
	EXPECT_ERRNO(syscall(SYS_sigaltstack, &set, NULL), ENOMEM);
	set = (stack_t){.ss_flags = SS_DISABLE};
	EXPECT_OK(sigaltstack(&set, NULL));
	raise_with(SA_ONSTACK);
	EXPECT(!inside, "the handler ran on a stack that was given up");
}

PROBE(.promise = "A handler with SA_ONSTACK runs on the alternate stack, which cannot change "
		 "meanwhile; others run on the usual one",
      .source = "man 2 sigaltstack; POSIX.1-2017 sigaltstack",
      .covers = COVERS("sigaltstack", "rt_sigaction:SA_ONSTACK"), .call = {CALL(SYS_sigaltstack)},
      .run = run);
