/* SPDX-License-Identifier: MIT */
#include <linux/futex.h>
#include <sys/mman.h>
#include <time.h>

#include "probe.h"

enum { SHORT_NS = 2000000, ONE = 1, OTHER = 2, ONE_WOKE = 0, OTHER_WOKE };

static volatile int *word;

static void setup(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	SETUP(p != MAP_FAILED, "mmap: %s", errno_name(errno));
	word = p;
	*word = 5;
}

static long futex(int op, int value, const struct timespec *until, unsigned bits)
{
	return syscall(SYS_futex, word, op, value, until, NULL, bits);
}

static void sleeper(void *arg)
{
	bool one = arg != NULL;

	REQUIRE_OK(futex(FUTEX_WAIT_BITSET, 5, NULL, one ? ONE : OTHER));
	mark_set(one ? ONE_WOKE : OTHER_WOKE, 1);
}

static void expect_absolute(clockid_t clock, int flag)
{
	struct timespec until = {0}, end = {0};

	SETUP_OK(clock_gettime(clock, &until));
	EXPECT_ERRNO(futex(FUTEX_WAIT_BITSET | flag, 5, &until, ONE), ETIMEDOUT);
	until.tv_nsec += SHORT_NS;
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	EXPECT_ERRNO(futex(FUTEX_WAIT_BITSET | flag, 5, &until, ONE), ETIMEDOUT);
	SETUP_OK(clock_gettime(clock, &end));
	if (clock == CLOCK_MONOTONIC)
		EXPECT(end.tv_sec > until.tv_sec ||
			       (end.tv_sec == until.tv_sec && end.tv_nsec >= until.tv_nsec),
		       "it gave up before the time was there");
}

static void run(void)
{
	pid_t one, other;

	interrupt_when_late();
	expect_absolute(CLOCK_MONOTONIC, 0);
	expect_absolute(CLOCK_REALTIME, FUTEX_CLOCK_REALTIME);
	EXPECT_ERRNO(futex(FUTEX_WAIT_BITSET, 5, NULL, 0), EINVAL);
	other = child_start(sleeper, NULL);
	one = child_start(sleeper, "");
	EXPECT(EVENTUALLY(futex(FUTEX_WAKE_BITSET, 10, NULL, ONE) == 1),
	       "nobody was there to wake");
	child_end(one);
	EXPECT(mark_get(ONE_WOKE) && !mark_get(OTHER_WOKE), "who waits for other bits was woken");
	EXPECT(EVENTUALLY(futex(FUTEX_WAKE_BITSET, 10, NULL, OTHER) == 1),
	       "the other was not there to wake");
	child_end(other);
}

PROBE(.promise = "FUTEX_WAIT_BITSET waits until a time of either clock and for wakers that share a "
		 "bit with it: every timed wait of glibc",
      .source = "man 2 futex (FUTEX_WAIT_BITSET)",
      .covers = COVERS("futex:FUTEX_WAIT_BITSET", "futex:FUTEX_WAKE_BITSET",
		       "futex:FUTEX_CLOCK_REALTIME"),
      .call = {CALL(SYS_futex)}, .setup = setup, .run = run);
