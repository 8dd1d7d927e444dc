/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <sys/wait.h>

#include "probe.h"

enum { GONE, LIVED, BY_GROUP = 7, BY_LAST = 9, BY_FIRST = 3 };

static void *ends_all(void *arg)
{
	_exit(BY_GROUP);
}

static void *outlives(void *arg)
{
	mark_wait(GONE);
	pause_briefly();
	pause_briefly();
	mark_set(LIVED, 1);
	_exit(BY_LAST);
}

static void start(void *(*fn)(void *))
{
	pthread_t other;
	int error = pthread_create(&other, NULL, fn, NULL);

	SETUP(error == 0, "pthread_create: %s", errno_name(error));
}

static void second_ends_all(void *arg)
{
	start(ends_all);
	EVENTUALLY(false);
}

static void first_ends(void *arg)
{
	start(outlives);
	mark_set(GONE, 1);
	syscall(SYS_exit, BY_FIRST);
}

static void run(void)
{
	int status = child_join(child_start(second_ends_all, NULL));

	EXPECT(WIFEXITED(status) && WEXITSTATUS(status) == BY_GROUP,
	       "exit_group of the second thread: there was %s, not exit %d", wait_name(status),
	       BY_GROUP);
	status = child_join(child_start(first_ends, NULL));
	EXPECT(mark_get(LIVED), "the second thread did not outlive the first: there was %s",
	       wait_name(status));
	EXPECT(WIFEXITED(status) && WEXITSTATUS(status) == BY_LAST,
	       "exit of the first thread, then exit_group of the second: there was %s, not exit %d",
	       wait_name(status), BY_LAST);
}

PROBE(.promise = "exit_group ends all threads with its status, whichever calls it; exit ends the "
		 "thread alone, be it the first",
      .source = "man 2 exit_group; man 2 _exit (C library/kernel differences)",
      .covers = COVERS("exit_group", "exit"), .call = {CALL(SYS_exit_group)}, .run = run);
