/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <pthread.h>
#include <stdlib.h>

#include "probe.h"

enum { TID };

static void *thread(void *arg)
{
	mark_set(TID, (int)syscall(SYS_gettid));
	EVENTUALLY(false);
	return NULL;
}

static void setup(void)
{
	pthread_t other;

	SETUP_EQ(pthread_create(&other, NULL, thread, NULL), 0);
	SETUP(mark_wait(TID), "the thread did not start");
}

static void run(void)
{
	DIR *folder = opendir("/proc/self/task");
	bool first = false, second = false;
	struct dirent *entry;
	int others = 0;

	REQUIRE(folder != NULL, "opening /proc/self/task: %s", errno_name(errno));
	while ((entry = readdir(folder))) {
		int tid = (int)strtol(entry->d_name, NULL, 10);

		if (tid == getpid())
			first = true;
		else if (tid == mark_get(TID))
			second = true;
		else if (entry->d_name[0] != '.')
			others++;
	}
	EXPECT(first && second, "the %s thread is not there", first ? "second" : "first");
	EXPECT_EQ(others, 0);
}

PROBE(.promise =
	      "/proc/self/task has an entry for each thread by its number, and no other: gdb, top "
	      "and systemd look there",
      .source = "man 5 proc (/proc/pid/task)", .covers = COVERS("openat:/proc/self/task"),
      .needs = NEEDS("proc"), .call = {CALL(SYS_getdents64)}, .setup = setup, .run = run);
