/* SPDX-License-Identifier: MIT */
#include <linux/futex.h>
#include <sys/mman.h>

#include "probe.h"

struct lock {
	struct robust_list list;
	volatile uint32_t word;
};

static struct lock *held;

static void setup(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	SETUP(p != MAP_FAILED, "mmap: %s", errno_name(errno));
	held = p;
}

static void owner(void *arg)
{
	static struct robust_list_head head;

	head.list.next = &held->list;
	held->list.next = &head.list;
	head.futex_offset = offsetof(struct lock, word);
	EXPECT_ERRNO(syscall(SYS_set_robust_list, &head, sizeof(head) - 1), EINVAL);
	REQUIRE_OK(syscall(SYS_set_robust_list, &head, sizeof(head)));
	held->word = (uint32_t)syscall(SYS_gettid) | FUTEX_WAITERS;
	mark_set(0, 1);
}

static void run(void)
{
	child_end(child_start(owner, NULL));
	SETUP(mark_get(0), "the owner did not lock");
	EXPECT(held->word == (FUTEX_WAITERS | FUTEX_OWNER_DIED),
	       "the lock of a dead process is %#x, expected %#x", held->word,
	       FUTEX_WAITERS | FUTEX_OWNER_DIED);
}

PROBE(.promise = "The locks on a process's robust list are marked FUTEX_OWNER_DIED when it ends, "
		 "so that no lock in shared memory is held for ever",
      .source = "man 2 set_robust_list; man 3 pthread_mutexattr_setrobust",
      .covers = COVERS("set_robust_list"), .call = {CALL(SYS_set_robust_list)}, .setup = setup,
      .run = run);
