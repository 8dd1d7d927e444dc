/* SPDX-License-Identifier: MIT */
#include "probe.h"
#include "stain.h"

static void run(void)
{
	if (!in_a_guest())
		probe_skip("looks for a stain on a machine, and this is not a guest");
	EXPECT_ERRNO(access(STAIN_FILE, F_OK), ENOENT);
}

PROBE(.promise = "Passes in a machine that no other probe has stained", .source = "stain.h",
      .run = run);
