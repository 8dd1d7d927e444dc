/* SPDX-License-Identifier: MIT */
#include <linux/futex.h>
#include <poll.h>
#include <sched.h>
#include <sys/wait.h>
#include <time.h>

#include "probe.h"

enum { RUNNING = 12345 };

static char stack[16384] __attribute__((aligned(16)));
static volatile int tid, seen;

static int other(void *arg)
{
	seen = (int)syscall(SYS_gettid);
	poll(NULL, 0, 3);
	return 5;
}

static void run(void)
{
	struct timespec limit = {patience_ms() / 1000, patience_ms() % 1000 * 1000000L};
	int first = 0, status = 0;
	long waited;
	pid_t pid;

	tid = RUNNING;
	pid = (pid_t)REQUIRE_OK(
		clone(other, stack + sizeof(stack),
		      CLONE_VM | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID | SIGCHLD, NULL, &first,
		      NULL, (void *)&tid));
	child_remember(pid);
	EXPECT_EQ(first, pid);
	errno = 0;
	waited = syscall(SYS_futex, &tid, FUTEX_WAIT, RUNNING, &limit, NULL, 0);
	EXPECT(waited == 0 || errno == EAGAIN, "waiting for the end: expected to be woken, saw %s",
	       errno_name(errno));
	EXPECT_EQ(tid, 0);
	interrupt_when_late();
	SETUP_EQ(waitpid(pid, &status, 0), pid);
	EXPECT_EQ(status, 5 << 8);
	EXPECT_EQ(seen, pid);
}

PROBE(.promise = "When a thread ends, the kernel clears the word that CLONE_CHILD_CLEARTID names "
		 "and wakes who waits there: pthread_join hangs without it",
      .source = "man 2 clone; man 2 set_tid_address",
      .covers = COVERS("clone:CLONE_CHILD_CLEARTID", "clone:CLONE_PARENT_SETTID", "clone:CLONE_VM"),
      .call = {CALL(SYS_clone)}, .run = run);
