/* SPDX-License-Identifier: MIT */
#include <sys/stat.h>

#include "probe.h"

static void setup(void)
{
	SETUP_OK(mkdir(tmp_path("folder"), 0700));
	SETUP_OK(chdir(tmp_path("folder")));
}

static void run(void)
{
	char buf[8];

	EXPECT_ERRNO(access("", F_OK), ENOENT);
	EXPECT_ERRNO(chdir(""), ENOENT);
	EXPECT_ERRNO(chmod("", 0), ENOENT);
	EXPECT_ERRNO(truncate("", 0), ENOENT);
	EXPECT_ERRNO(readlink("", buf, sizeof(buf)), ENOENT);
}

PROBE(.promise = "An empty path is there for nobody (ENOENT): not to be looked for, entered, "
		 "changed or read as a link",
      .source = "man 7 path_resolution (Empty pathname); POSIX.1-2017 4.13, access",
      .covers = COVERS("access:ENOENT", "chdir:ENOENT", "truncate:ENOENT", "readlink:ENOENT"),
      .call = {CALL(SYS_access), CALL(SYS_chdir), CALL(SYS_truncate), CALL(SYS_readlink)},
      .setup = setup, .run = run);
