/* SPDX-License-Identifier: MIT */
#include <sys/mman.h>
#include <sys/resource.h>

#include "probe.h"

static void *map(size_t mib)
{
	return mmap(NULL, mib << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void run(void)
{
	struct rlimit limit = {.rlim_cur = 64 << 20, .rlim_max = RLIM_INFINITY};
	void *big;

	REQUIRE_OK(setrlimit(RLIMIT_AS, &limit));
	errno = 0;
	big = map(128);
	EXPECT(big == MAP_FAILED && errno == ENOMEM,
	       "128 MiB under a limit of 64: expected ENOMEM, saw %s",
	       big == MAP_FAILED ? errno_name(errno) : "success");
	EXPECT(map(4) != MAP_FAILED, "4 MiB under a limit of 64: %s", errno_name(errno));
	limit.rlim_cur = RLIM_INFINITY;
	REQUIRE_OK(setrlimit(RLIMIT_AS, &limit));
	EXPECT(map(128) != MAP_FAILED, "128 MiB without a limit: %s", errno_name(errno));
}

PROBE(.promise = "RLIMIT_AS bounds a process's address space: mmap past it answers ENOMEM, below "
		 "it succeeds",
      .source = "man 2 getrlimit; POSIX.1-2017 setrlimit", .covers = COVERS("prlimit64:RLIMIT_AS"),
      .call = {CALL_IF(SYS_prlimit64, 1, RLIMIT_AS), CALL_IF(SYS_setrlimit, 0, RLIMIT_AS)},
      .run = run);
