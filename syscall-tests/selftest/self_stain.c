/* SPDX-License-Identifier: MIT */
#include <fcntl.h>

#include "probe.h"
#include "stain.h"

static void run(void)
{
	if (!in_a_guest())
		probe_skip("stains a machine, and this is not a guest");
	EXPECT_OK(close(open(STAIN_FILE, O_WRONLY | O_CREAT, 0600)));
}

PROBE(.promise = "Leaves something behind in the machine", .source = "stain.h", .run = run);
