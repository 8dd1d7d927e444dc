/* SPDX-License-Identifier: MIT */
#include <sys/mman.h>

#include "probe.h"

static unsigned char *zone;

static void setup(void)
{
	zone = mmap(NULL, 4 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	SETUP(zone != MAP_FAILED, "mmap: %s", errno_name(errno));
	pattern_fill(zone, 8192, 0);
	zone[8192] = 'n';
}

static void run(void)
{
	unsigned char *p;

	/* Its neighbour is in the way. */
	errno = 0;
	p = mremap(zone, 8192, 12288, 0);
	EXPECT(p == MAP_FAILED && errno == ENOMEM,
	       "growing into a neighbour: expected ENOMEM, saw %s",
	       p == MAP_FAILED ? errno_name(errno) : "success");
	p = mremap(zone, 8192, 40960, MREMAP_MAYMOVE);
	REQUIRE(p != MAP_FAILED, "mremap: %s", errno_name(errno));
	REQUIRE(p != zone, "it grew over its neighbour");
	EXPECT_EQ(pattern_check(p, 8192, 0), 8192);
	EXPECT_EQ(p[8192], 0);
	p[40959] = 'e';
	EXPECT_EQ(p[40959], 'e');
	EXPECT_EQ(zone[8192], 'n');
	REQUIRE(mremap(p, 40960, 4096, 0) == p, "shrinking: %s", errno_name(errno));
	EXPECT_EQ(pattern_check(p, 4096, 0), 4096);
	EXPECT_ERRNO((long)mremap(p + 1, 4096, 8192, MREMAP_MAYMOVE), EINVAL);
}

PROBE(.promise = "mremap grows a mapping with what is in it, elsewhere if it may and must, and "
		 "shrinks it in place: realloc of large blocks",
      .source = "man 2 mremap", .covers = COVERS("mremap:MREMAP_MAYMOVE"),
      .call = {CALL(SYS_mremap)}, .setup = setup, .run = run);
