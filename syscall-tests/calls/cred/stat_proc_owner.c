/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#include "probe.h"
#include "lib/user.h"

enum { READY, SEEN, DUMPABLE, OVER };

static void user(void *arg)
{
	become_user();
	SETUP_OK(prctl(PR_SET_DUMPABLE, 0));
	mark_set(READY, 1);
	SETUP(mark_wait(SEEN), "nobody looked");
	SETUP_OK(prctl(PR_SET_DUMPABLE, 1));
	mark_set(DUMPABLE, 1);
	SETUP(mark_wait(OVER), "nobody looked again");
}

static void expect_owner(pid_t pid, uid_t uid, gid_t gid)
{
	char path[64];
	struct stat st = {.st_uid = 77, .st_gid = 77};

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	REQUIRE_OK(stat(path, &st));
	EXPECT_EQ(st.st_uid, uid);
	EXPECT_EQ(st.st_gid, gid);
}

static void run(void)
{
	pid_t pid = child_start(user, NULL);

	SETUP(mark_wait(READY), "the helper process did not start");
	expect_owner(pid, 0, 0);
	mark_set(SEEN, 1);
	SETUP(mark_wait(DUMPABLE), "the helper process does not go on");
	expect_owner(pid, USER_UID, USER_GID);
	mark_set(OVER, 1);
	child_end(pid);
}

PROBE(.promise =
	      "Files below /proc/PID belong to the process's effective user and group, but to root "
	      "while it may not be dumped, since its secrets may be root's",
      .source = "man 5 proc (/proc/pid); man 2 PR_SET_DUMPABLE (prctl)",
      .covers = COVERS("stat:/proc", "prctl:PR_SET_DUMPABLE"), .needs = NEEDS("proc", "root"),
      .call = {CALL(SYS_stat), CALL(SYS_newfstatat)}, .run = run);
