/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "probe.h"

enum { CAUGHT = 7 };

static char stack[16384];
static volatile int sink;

static void on_overflow(int sig)
{
	mark_set(0, sig);
	_exit(CAUGHT);
}

/* Ends by the fault alone. */
static int deeper(int n)
{
	volatile char room[2048];

	memset((char *)room, n, sizeof(room));
	sink = room[n % 2048] & 1;
	return sink < 0 ? 0 : deeper(n + 1) + room[0];
}

static void overflow(void *arg)
{
	struct sigaction act = {.sa_handler = on_overflow, .sa_flags = SA_ONSTACK};
	stack_t set = {.ss_sp = stack, .ss_size = sizeof(stack)};

	SETUP_OK(sigaction(SIGSEGV, &act, NULL));
	if (arg)
		REQUIRE_OK(sigaltstack(&set, NULL));
	deeper(0);
}

static void setup(void)
{
	struct rlimit limit;

	SETUP_OK(getrlimit(RLIMIT_STACK, &limit));
	limit.rlim_cur = 128 << 10;
	SETUP_OK(setrlimit(RLIMIT_STACK, &limit));
}

static void run(void)
{
	int status = child_join(child_start(overflow, ""));

	EXPECT(WIFEXITED(status) && WEXITSTATUS(status) == CAUGHT,
	       "a stack overflow with an alternate stack: there was %s, not exit %d",
	       wait_name(status), CAUGHT);
	EXPECT_EQ(mark_get(0), SIGSEGV);
	status = child_join(child_start(overflow, NULL));
	EXPECT(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV,
	       "a stack overflow without one: there was %s, not death by SIGSEGV",
	       wait_name(status));
}

PROBE(.promise = "A stack that outgrows its limit is SIGSEGV, which a handler on an alternate "
		 "stack catches; without one it is the end of the process, and of no other",
      .source = "man 2 sigaltstack; man 2 getrlimit (RLIMIT_STACK)",
      .covers = COVERS("sigaltstack", "prlimit64:RLIMIT_STACK", "rt_sigaction:SA_ONSTACK"),
      .call = {CALL(SYS_sigaltstack)}, .setup = setup, .run = run);
