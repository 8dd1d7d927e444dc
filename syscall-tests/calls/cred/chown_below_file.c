/* SPDX-License-Identifier: MIT */
#include "probe.h"

static void setup(void)
{
	tmp_file("file", "x", 1, 0644);
}

static void run(void)
{
	EXPECT_ERRNO(chown(tmp_path("file/x"), 0, 0), ENOTDIR);
	EXPECT_ERRNO(lchown(tmp_path("file/x"), 0, 0), ENOTDIR);
}

PROBE(.promise = "chown below what is no folder is ENOTDIR", .source = "man 2 chown",
      .covers = COVERS("chown", "lchown"), .needs = NEEDS("root"),
      .call = {CALL(SYS_chown), CALL(SYS_lchown)}, .setup = setup, .run = run);
