/* SPDX-License-Identifier: MIT */
#include <linux/futex.h>
#include <sys/mman.h>
#include <time.h>

#include "probe.h"

enum { SHORT_US = 3000 };

static volatile int *word;

static void setup(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	SETUP(p != MAP_FAILED, "mmap: %s", errno_name(errno));
	word = p;
	*word = 5;
}

static long futex(int op, int value, const struct timespec *limit)
{
	return syscall(SYS_futex, word, op, value, limit, NULL, 0);
}

static void sleeper(void *arg)
{
	struct timespec limit = {patience_ms() / 1000, patience_ms() % 1000 * 1000000L};

	REQUIRE_OK(futex(FUTEX_WAIT, 5, &limit));
}

static void run(void)
{
	struct timespec limit = {.tv_nsec = SHORT_US * 1000L};
	uint64_t start = now_us();
	pid_t pid;

	EXPECT_ERRNO(futex(FUTEX_WAIT, 4, NULL), EAGAIN);
	EXPECT_ERRNO(futex(FUTEX_WAIT, 5, &limit), ETIMEDOUT);
	EXPECT(now_us() - start >= SHORT_US, "it gave up after %u us, %d were asked",
	       (unsigned)(now_us() - start), SHORT_US);
	EXPECT_EQ(futex(FUTEX_WAKE, 1, NULL), 0);
	pid = child_start(sleeper, NULL);
	EXPECT(EVENTUALLY(futex(FUTEX_WAKE, 10, NULL) == 1), "nobody was there to wake");
	child_end(pid);
	EXPECT_ERRNO(syscall(SYS_futex, (char *)word + 1, FUTEX_WAIT, 5, &limit, NULL, 0), EINVAL);
}

PROBE(.promise = "A futex in shared memory waits only while it has the value expected, no longer "
		 "than asked, and is woken from another process; nginx's shared zones lock so",
      .source = "man 2 futex", .covers = COVERS("futex:FUTEX_WAIT", "futex:FUTEX_WAKE"),
      .call = {CALL(SYS_futex)}, .setup = setup, .run = run);
