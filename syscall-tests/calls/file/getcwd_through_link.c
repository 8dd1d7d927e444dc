/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "probe.h"

static char here[PATH_MAX], expected[PATH_MAX + 16];
static int through_link;

static void setup(void)
{
	SETUP_OK(mkdir(tmp_path("a"), 0700));
	SETUP_OK(mkdir(tmp_path("a/b"), 0700));
	SETUP_OK(symlink("a/b", tmp_path("link")));
	through_link = (int)SETUP_OK(open(tmp_path("link"), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	SETUP_OK(chdir(tmp_path("")));
	SETUP_OK(syscall(SYS_getcwd, here, sizeof(here)));
	snprintf(expected, sizeof(expected), "%s/a/b", here);
}

static void expect_cwd(const char *path)
{
	char buf[PATH_MAX] = "";

	EXPECT_EQ(syscall(SYS_getcwd, buf, sizeof(buf)), strlen(path) + 1);
	EXPECT_STR(buf, path);
}

static void run(void)
{
	EXPECT_OK(chdir("link"));
	expect_cwd(expected);
	EXPECT_OK(chdir("../../link/../b/."));
	expect_cwd(expected);
	EXPECT_OK(chdir("../.."));
	expect_cwd(here);
	EXPECT_OK(fchdir(through_link));
	expect_cwd(expected);
}

PROBE(.promise = "getcwd tells where one is without the links that led there; pwd -P, make and git "
		 "compare paths by it",
      .source = "man 3 getcwd; POSIX.1-2017 getcwd", .covers = COVERS("getcwd", "chdir"),
      .call = {CALL(SYS_getcwd)}, .setup = setup, .run = run);
