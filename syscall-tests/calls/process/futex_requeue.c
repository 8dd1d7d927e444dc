/* SPDX-License-Identifier: MIT */
#include <linux/futex.h>
#include <sys/mman.h>

#include "probe.h"

enum { SLEEPERS = 2 };

static volatile int *from, *to;

static void setup(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	SETUP(p != MAP_FAILED, "mmap: %s", errno_name(errno));
	from = p;
	to = from + 16;
	*from = 5;
}

static void sleeper(void *arg)
{
	REQUIRE_OK(syscall(SYS_futex, from, FUTEX_WAIT, 5, NULL, NULL, 0));
}

static long requeue(int expected)
{
	return syscall(SYS_futex, from, FUTEX_CMP_REQUEUE, 0, (long)SLEEPERS, to, expected);
}

static bool all_moved(void)
{
	static long moved;

	moved += REQUIRE_OK(requeue(5));
	return moved == SLEEPERS;
}

static long wake(volatile int *word)
{
	return syscall(SYS_futex, word, FUTEX_WAKE, 10, NULL, NULL, 0);
}

static void run(void)
{
	pid_t pid[SLEEPERS];

	EXPECT_ERRNO(requeue(4), EAGAIN);
	for (int i = 0; i < SLEEPERS; i++)
		pid[i] = child_start(sleeper, NULL);
	EXPECT(EVENTUALLY(all_moved()), "not all of %d waiters were moved", SLEEPERS);
	EXPECT_EQ(wake(from), 0);
	EXPECT_EQ(wake(to), SLEEPERS);
	for (int i = 0; i < SLEEPERS; i++)
		child_end(pid[i]);
}

PROBE(.promise = "FUTEX_CMP_REQUEUE moves waiters to another futex while the first has the value "
		 "expected: condition variables hand their waiters to the lock so",
      .source = "man 2 futex (FUTEX_CMP_REQUEUE)", .covers = COVERS("futex:FUTEX_CMP_REQUEUE"),
      .call = {CALL(SYS_futex)}, .setup = setup, .run = run);
