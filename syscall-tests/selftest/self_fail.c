/* SPDX-License-Identifier: MIT */
#include "probe.h"

static void run(void)
{
	EXPECT_EQ(close(-1), 0);
	EXPECT_EQ(2 + 2, 5);
	EXPECT_OK(close(-1));
	EXPECT_ERRNO(getppid(), EPERM);
	EXPECT_ERRNO(close(-1), EINTR);
	EXPECT_BYTES("abc", "abd", 3);
	EXPECT_STR("abc", "abd");
	EXPECT_STR(NULL, "abd");
	EXPECT_BETWEEN(4, 5, 7);
	EXPECT(false, "told in %s", "words\nand two lines");
	errno = 0;
	EXPECT(close(-1) == 0, "closing nothing: %s", errno_name(errno));
	errno = 4095;
	check_ok(AT(FORCE_REQUIRE), "panicking()", -1, 4095);
	EXPECT(false, "not reached");
}

PROBE(.promise = "A probe goes on after EXPECT, ends at REQUIRE, and reports the first",
      .source = "probe.h", .run = run);
