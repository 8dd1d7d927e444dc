/* SPDX-License-Identifier: MIT */
#include <sys/resource.h>
#include <sys/times.h>
#include <sys/wait.h>

#include "probe.h"

enum { BURNT_US = 4000, SLACK_US = 100 };

static long used_us(const struct rusage *ru)
{
	return (ru->ru_utime.tv_sec + ru->ru_stime.tv_sec) * 1000000L + ru->ru_utime.tv_usec +
	       ru->ru_stime.tv_usec;
}

static void burns(void *arg)
{
	struct rusage ru = {0};

	do
		REQUIRE_OK(getrusage(RUSAGE_SELF, &ru));
	while (used_us(&ru) < BURNT_US && patience_ms() > 1);
	EXPECT(used_us(&ru) >= BURNT_US, "a process that works is told %ld us of it", used_us(&ru));
	mark_set(0, 1);
}

static void run(void)
{
	struct rusage before = {0}, of_child = {0}, after = {0};
	pid_t pid;

	REQUIRE_OK(getrusage(RUSAGE_CHILDREN, &before));
	pid = child_start(burns, NULL);
	EXPECT(mark_wait(0), "the child did not come to its end");
	interrupt_when_late();
	EXPECT_EQ(wait4(pid, NULL, 0, &of_child), pid);
	EXPECT(used_us(&of_child) >= BURNT_US - SLACK_US, "wait4 tells %ld us, %d were used",
	       used_us(&of_child), BURNT_US);
	REQUIRE_OK(getrusage(RUSAGE_CHILDREN, &after));
	EXPECT(used_us(&after) - used_us(&before) >= BURNT_US - SLACK_US,
	       "getrusage tells %ld us more, the child used %d", used_us(&after) - used_us(&before),
	       BURNT_US);
	EXPECT_ERRNO(getrusage(77, &after), EINVAL);
}

PROBE(.promise = "A process is told the processor time that it used, and its parent gets it with "
		 "the child's end: the shell's time",
      .source = "man 2 getrusage; man 2 wait4; POSIX.1-2017 getrusage",
      .covers = COVERS("getrusage", "getrusage:RUSAGE_CHILDREN", "wait4:rusage"),
      .call = {CALL(SYS_getrusage)}, .run = run);
