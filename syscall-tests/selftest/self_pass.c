/* SPDX-License-Identifier: MIT */
#include "probe.h"

static int ready;

static void setup(void)
{
	ready = 1;
}

static void run(void)
{
	EXPECT_EQ(ready, 1);
	EXPECT_OK(getppid());
	EXPECT_ERRNO(close(-1), EBADF);
	EXPECT_BYTES("abc", "abc", 3);
	EXPECT_STR("abc", "abc");
	EXPECT_BETWEEN(5, 5, 7);
	EXPECT(true, "never said");
}

PROBE(.promise = "A probe whose expectations hold passes", .source = "probe.h",
      .covers = COVERS("close", "getppid"), .call = {CALL(SYS_close)}, .setup = setup, .run = run);
