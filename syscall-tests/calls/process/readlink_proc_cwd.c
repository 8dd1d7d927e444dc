/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "probe.h"

enum { MOVED = 0, SEEN };

static const char *folder;
static char here[512];

static void setup(void)
{
	folder = tmp_path("folder");
	SETUP_OK(mkdir(folder, 0700));
	tmp_file("folder/file", "123", 3, 0600);
	SETUP_OK(chdir(folder));
	SETUP(getcwd(here, sizeof(here)) != NULL, "getcwd: %s", errno_name(errno));
	SETUP_OK(chdir("/"));
}

static void mover(void *arg)
{
	SETUP_OK(chdir(folder));
	mark_set(MOVED, 1);
	SETUP(mark_wait(SEEN), "the parent did not look");
}

static void run(void)
{
	char link[64], path[80], text[512] = "";
	struct stat st = {0};
	pid_t pid = child_start(mover, NULL);

	SETUP(mark_wait(MOVED), "the child did not change its directory");
	snprintf(link, sizeof(link), "/proc/%d/cwd", (int)pid);
	snprintf(path, sizeof(path), "%s/file", link);
	REQUIRE_OK(readlink(link, text, sizeof(text) - 1));
	EXPECT_OK(stat(path, &st));
	EXPECT_EQ(st.st_size, 3);
	mark_set(SEEN, 1);
	child_end(pid);
	EXPECT_STR(text, here);
	SETUP_OK(chdir(folder));
	memset(text, 0, sizeof(text));
	EXPECT_EQ(readlink("/proc/self/cwd", text, sizeof(text) - 1), strlen(here));
	EXPECT_STR(text, here);
	memset(text, 0, sizeof(text));
	EXPECT_EQ(readlink("/proc/self/root", text, sizeof(text) - 1), 1);
	EXPECT_STR(text, "/");
}

PROBE(.promise = "/proc/PID/cwd leads to a process's working directory and tells its path, root to "
		 "its root: pwdx, lsof, fuser and tmux look there",
      .source = "man 5 proc (/proc/pid/cwd, /proc/pid/root)",
      .covers = COVERS("readlink:/proc/pid/cwd", "readlink:/proc/self/root"),
      .needs = NEEDS("proc"), .call = {CALL(SYS_readlink), CALL(SYS_readlinkat)}, .setup = setup,
      .run = run);
