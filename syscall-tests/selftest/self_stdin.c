/* SPDX-License-Identifier: MIT */
#include <sys/stat.h>

#include "probe.h"

static void run(void)
{
	struct stat st;
	char c;

	REQUIRE_OK(fstat(0, &st));
	EXPECT(S_ISFIFO(st.st_mode), "a probe that is lied to would change the mode of %o",
	       (unsigned)st.st_mode);
	EXPECT_EQ(read(0, &c, 1), 0);
}

PROBE(.promise = "A probe's standard input is empty and nobody else's", .source = "flight.c",
      .run = run);
