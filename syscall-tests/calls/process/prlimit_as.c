/* SPDX-License-Identifier: MIT */
#include <sys/mman.h>
#include <sys/resource.h>

#include "probe.h"

static struct rlimit limit;

static void *map(size_t mib)
{
	/* Room alone: memory itself may be scarce. */
	return mmap(NULL, mib << 20, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void setup(void)
{
	SETUP_OK(getrlimit(RLIMIT_AS, &limit));
	if (limit.rlim_max < 256 << 20)
		probe_skip("the address space may not be more than %llu bytes here",
			   (unsigned long long)limit.rlim_max);
}

static void run(void)
{
	void *big;

	limit.rlim_cur = 64 << 20;
	REQUIRE_OK(setrlimit(RLIMIT_AS, &limit));
	errno = 0;
	big = map(128);
	EXPECT(big == MAP_FAILED && errno == ENOMEM,
	       "128 MiB under a limit of 64: expected ENOMEM, saw %s",
	       big == MAP_FAILED ? errno_name(errno) : "success");
	EXPECT(map(4) != MAP_FAILED, "4 MiB under a limit of 64: %s", errno_name(errno));
	limit.rlim_cur = limit.rlim_max;
	REQUIRE_OK(setrlimit(RLIMIT_AS, &limit));
	EXPECT(map(128) != MAP_FAILED, "128 MiB without a limit: %s", errno_name(errno));
}

PROBE(.promise = "RLIMIT_AS bounds a process's address space: mmap past it answers ENOMEM, below "
		 "it succeeds",
      .source = "man 2 getrlimit; POSIX.1-2017 setrlimit", .covers = COVERS("prlimit64:RLIMIT_AS"),
      .call = {CALL_IF(SYS_prlimit64, 1, RLIMIT_AS), CALL_IF(SYS_setrlimit, 0, RLIMIT_AS)},
      .setup = setup, .run = run);
