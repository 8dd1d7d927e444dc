/* SPDX-License-Identifier: MIT */
#include <sys/mman.h>
#include <sys/resource.h>

#include "probe.h"

enum { PAGE = 4096 };

static const size_t GIB = 1ul << 30;

static void setup(void)
{
	struct rlimit limit;

	SETUP_OK(getrlimit(RLIMIT_AS, &limit));
	if (limit.rlim_cur < 16 * GIB)
		probe_skip("the address space may not be more than %llu bytes here",
			   (unsigned long long)limit.rlim_cur);
}

static void run(void)
{
	char *zone =
		mmap(NULL, 8 * GIB, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	char *low, *high;

	REQUIRE(zone != MAP_FAILED && zone, "mmap of 8 GiB without access: %s", errno_name(errno));
	/* Who counts in 32 bits takes one for the other. */
	low = zone + GIB;
	high = zone + 5 * GIB;
	REQUIRE_OK(mprotect(low, PAGE, PROT_READ | PROT_WRITE));
	REQUIRE_OK(mprotect(high, PAGE, PROT_READ | PROT_WRITE));
	low[0] = 'l';
	EXPECT_EQ(high[0], 0);
	high[0] = 'h';
	EXPECT_EQ(low[0], 'l');
	REQUIRE_OK(munmap(zone, 8 * GIB));
	EXPECT_ERRNO(mprotect(high, PAGE, PROT_READ), ENOMEM);
	EXPECT_ERRNO(mprotect(low, PAGE, PROT_READ), ENOMEM);
}

PROBE(.promise = "Gibibytes of address space are had for nothing and used page by page: Go, Java "
		 "and V8 reserve their heaps so",
      .source = "man 2 mmap (MAP_NORESERVE); man 2 munmap", .covers = COVERS("mmap:MAP_NORESERVE"),
      .call = {CALL(SYS_mmap), CALL(SYS_munmap)}, .setup = setup, .run = run);
