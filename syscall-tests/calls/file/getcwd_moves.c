/* SPDX-License-Identifier: MIT */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "probe.h"

/* A name in the probe's folder, without the links that may lead there. */
static const char *real_path(const char *name)
{
	static char folder[PATH_MAX];
	static char path[PATH_MAX + 64];

	SETUP(folder[0] || realpath(tmp_path(""), folder), "realpath: %s", errno_name(errno));
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static void setup(void)
{
	real_path("");
	SETUP_OK(mkdir(tmp_path("folder"), 0755));
	SETUP_OK(mkdir(tmp_path("folder/below"), 0755));
	SETUP_OK(chdir(tmp_path("folder/below")));
}

static void run(void)
{
	char buf[512] = "";
	const char *moved;
	long len;

	REQUIRE_OK(syscall(SYS_getcwd, buf, sizeof(buf)));
	EXPECT_STR(buf, real_path("folder/below"));
	SETUP_OK(rename(tmp_path("folder"), tmp_path("moved")));
	moved = real_path("moved/below");
	len = EXPECT_OK(syscall(SYS_getcwd, buf, sizeof(buf)));
	EXPECT_STR(buf, moved);
	EXPECT_EQ(len, strlen(moved) + 1);
	SETUP_OK(rmdir(tmp_path("moved/below")));
	EXPECT_ERRNO(syscall(SYS_getcwd, buf, sizeof(buf)), ENOENT);
}

PROBE(.promise = "getcwd tells where the working directory is now, also after it was renamed, "
		 "and ENOENT when it is gone",
      .source = "man 2 getcwd; POSIX.1-2017 getcwd", .covers = COVERS("getcwd"),
      .call = {CALL(SYS_getcwd)}, .setup = setup, .run = run);
