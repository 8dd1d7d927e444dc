/* SPDX-License-Identifier: MIT */
#include <sys/resource.h>

#include "probe.h"

static void nothing(void *arg)
{
}

static struct rlimit limit_of(int resource)
{
	struct rlimit limit = {0};

	REQUIRE_OK(prlimit(0, resource, NULL, &limit));
	EXPECT(limit.rlim_max >= limit.rlim_cur, "the hard limit %d is below the soft one",
	       resource);
	return limit;
}

static void run(void)
{
	SETUP_OK(setuid(1000));
	SETUP_EQ(geteuid(), 1000);
	child_end(child_start(nothing, NULL));
	EXPECT(limit_of(RLIMIT_NPROC).rlim_cur >= 2, "two processes run under a limit of %llu",
	       (unsigned long long)limit_of(RLIMIT_NPROC).rlim_cur);
	EXPECT(limit_of(RLIMIT_CPU).rlim_cur > 0, "it runs under a limit of 0 s");
	EXPECT(limit_of(RLIMIT_DATA).rlim_cur > 0, "it has data under a limit of 0 bytes");
}

PROBE(.promise = "The limits of processes, CPU time and data leave room for what already runs",
      .source = "man 2 getrlimit; POSIX.1-2017 getrlimit; man 3 sysconf (_SC_CHILD_MAX)",
      .covers = COVERS("prlimit64:RLIMIT_NPROC", "prlimit64:RLIMIT_CPU", "prlimit64:RLIMIT_DATA"),
      .needs = NEEDS("root"), .call = {CALL(SYS_prlimit64)}, .run = run);
