/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "probe.h"

enum { LONGS = 128, BITS = 8 * sizeof(unsigned long) };

static unsigned long all[LONGS], one[LONGS], got[LONGS];

static void heir(void *arg)
{
	memset(got, 0, sizeof(got));
	EXPECT_BETWEEN(syscall(SYS_sched_getaffinity, 0, sizeof(got), got), 8, sizeof(got));
	EXPECT_BYTES(got, one, sizeof(got));
}

static void run(void)
{
	unsigned cpu = ~0u, last = 0;
	long len = REQUIRE_OK(syscall(SYS_sched_getaffinity, 0, sizeof(all), all));

	EXPECT(len > 0 && len % 8 == 0, "the set has %ld bytes", len);
	for (unsigned i = 0; i < LONGS * BITS; i++)
		if (all[i / BITS] >> i % BITS & 1)
			last = i;
	one[last / BITS] = 1ul << last % BITS;
	REQUIRE(all[last / BITS] & one[last / BITS], "the set of processors is empty");
	REQUIRE_OK(syscall(SYS_sched_setaffinity, 0, sizeof(one), one));
	EXPECT_EQ(syscall(SYS_sched_getaffinity, 0, sizeof(got), got), len);
	EXPECT_BYTES(got, one, sizeof(got));
	EXPECT_OK(syscall(SYS_getcpu, &cpu, NULL, NULL));
	EXPECT_EQ(cpu, last);
	child_end(child_start(heir, NULL));
	memset(got, 0, sizeof(got));
	EXPECT_ERRNO(syscall(SYS_sched_setaffinity, 0, sizeof(got), got), EINVAL);
}

PROBE(.promise = "A process runs on the processors it was bound to and on no other, and its "
		 "children too; nginx's worker_cpu_affinity binds so, nproc counts so",
      .source = "man 2 sched_setaffinity",
      .covers = COVERS("sched_setaffinity", "sched_getaffinity"),
      .call = {CALL(SYS_sched_setaffinity), CALL(SYS_sched_getaffinity)}, .run = run);
