/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "probe.h"

static void setup(void)
{
	SETUP_OK(chdir(tmp_path("")));
}

static void run(void)
{
	char *small, all[512] = "";
	long len = REQUIRE_OK(syscall(SYS_getcwd, all, sizeof(all)));

	EXPECT_EQ(len, strlen(all) + 1);
	small = guard_buf((size_t)len);
	EXPECT_EQ(syscall(SYS_getcwd, small, (size_t)len), len);
	EXPECT_BYTES(small, all, (size_t)len);
	EXPECT_ERRNO(syscall(SYS_getcwd, small, (size_t)len - 1), ERANGE);
	EXPECT_ERRNO(syscall(SYS_getcwd, small, 0), ERANGE);
}

PROBE(.promise = "getcwd answers ERANGE when the path and its end mark do not fit, whereupon "
		 "programs try a larger buffer",
      .source = "man 2 getcwd; POSIX.1-2017 getcwd", .covers = COVERS("getcwd:ERANGE"),
      .call = {CALL(SYS_getcwd)}, .setup = setup, .run = run);
