/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <sys/stat.h>

#include "probe.h"

static struct stat of_exe;

static void setup(void)
{
	SETUP_OK(stat("/proc/self/exe", &of_exe));
}

static void child(void *arg)
{
	char path[512] = "";
	struct stat st = {0};

	EXPECT_EQ(readlink("/proc/self/exe", path, sizeof(path) - 1), strlen(arg));
	EXPECT_STR(path, arg);
	EXPECT_OK(stat(path, &st));
	EXPECT_EQ(st.st_ino, of_exe.st_ino);
	EXPECT_EQ(st.st_mode & S_IFMT, S_IFREG);
}

static void run(void)
{
	char path[512] = "";
	long n;

	n = REQUIRE_OK(readlink("/proc/self/exe", path, sizeof(path) - 1));
	EXPECT_EQ(n, strlen(path));
	EXPECT(path[0] == '/', "the program's path is \"%s\"", path);
	child_end(child_start(child, path));
}

PROBE(.promise =
	      "/proc/self/exe is a link to the program that runs, by its full path; dropbear and "
	      "many others start themselves again by it",
      .source = "man 5 proc (/proc/pid/exe)", .covers = COVERS("readlink:/proc/self/exe"),
      .needs = NEEDS("proc"), .call = {CALL(SYS_readlink), CALL(SYS_readlinkat)}, .setup = setup,
      .run = run);
