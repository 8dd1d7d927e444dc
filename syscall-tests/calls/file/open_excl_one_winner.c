/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "probe.h"

enum { LOCKS = 24, WON = 0, LOST, READY, GO };

static const char *path[LOCKS];

static void setup(void)
{
	for (int i = 0; i < LOCKS; i++) {
		char name[16];

		snprintf(name, sizeof(name), "lock-%d", i);
		path[i] = tmp_path(name);
	}
}

static void take(void)
{
	int won = 0, lost = 0;

	for (int i = 0; i < LOCKS; i++) {
		int fd = open(path[i], O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

		REQUIRE(fd > STDERR_FILENO || (fd == -1 && errno == EEXIST),
			"taking a lock gave %d, %s", fd, errno_name(errno));
		won += fd != -1;
		lost += fd == -1;
	}
	mark_add(WON, won);
	mark_add(LOST, lost);
}

static void other(void *arg)
{
	mark_set(READY, 1);
	SETUP(mark_wait(GO), "the first process did not begin");
	take();
}

static void run(void)
{
	struct stat st = {0};
	pid_t pid = child_start(other, NULL);

	SETUP(mark_wait(READY), "the other process did not begin");
	mark_set(GO, 1);
	take();
	child_end(pid);
	EXPECT_EQ(mark_get(WON), LOCKS);
	EXPECT_EQ(mark_get(LOST), LOCKS);
	EXPECT_OK(stat(path[LOCKS - 1], &st));
	EXPECT_EQ(st.st_mode, S_IFREG | 0600);
}

PROBE(.promise = "Of two processes that create one file with O_EXCL one does and the other gets "
		 "EEXIST: lock files are made so",
      .source = "man 2 open (O_EXCL); POSIX.1-2017 open", .covers = COVERS("openat:O_EXCL"),
      .call = {CALL(SYS_open), CALL(SYS_openat)}, .setup = setup, .run = run);
