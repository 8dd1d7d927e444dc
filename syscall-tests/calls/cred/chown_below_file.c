/* SPDX-License-Identifier: MIT */
#include "probe.h"

static const char *below;

static void setup(void)
{
	tmp_file("file", "x", 1, 0644);
	below = tmp_path("file/x");
}

static void run(void)
{
	EXPECT_ERRNO(chown(below, 0, 0), ENOTDIR);
}

PROBE(.promise = "chown below what is no folder is ENOTDIR", .source = "man 2 chown",
      .covers = COVERS("chown"), .needs = NEEDS("root"),
      .call = {CALL(SYS_chown), CALL(SYS_fchownat)}, .setup = setup, .run = run);
