/* SPDX-License-Identifier: MIT */
#include "probe.h"
#include "lib/filelock.h"

enum { ASKING };

static const char *path;

static void setup(void)
{
	path = tmp_file("lock", "old", 3, 0600);
}

static void waiter(void *arg)
{
	int fd = (int)SETUP_OK(open(path, O_RDWR | O_CLOEXEC));
	char buf[4] = "";

	interrupt_when_late();
	EXPECT_ERRNO(filelock(fd, F_SETLK, F_WRLCK, 0, 0, NULL), EAGAIN);
	mark_set(ASKING, 1);
	REQUIRE_OK(filelock(fd, F_SETLKW, F_WRLCK, 0, 0, NULL));
	EXPECT_EQ(pread(fd, buf, 3, 0), 3);
	EXPECT_STR(buf, "new");
}

static void run(void)
{
	int fd = (int)SETUP_OK(open(path, O_RDWR | O_CLOEXEC));
	pid_t pid;

	REQUIRE_OK(filelock(fd, F_SETLKW, F_WRLCK, 0, 0, NULL));
	pid = child_start(waiter, NULL);
	SETUP(mark_wait(ASKING), "the other process did not come to ask");
	/* Time to go wrong in; who waits sees the new text however long this takes. */
	for (int i = 0; i < 5; i++)
		pause_briefly();
	SETUP_EQ(pwrite(fd, "new", 3, 0), 3);
	REQUIRE_OK(filelock(fd, F_SETLKW, F_UNLCK, 0, 0, NULL));
	child_end(pid);
}

PROBE(.promise = "F_SETLKW waits until the lock is free and then has it; sshd writes the record "
		 "of a login so",
      .source = "man 2 fcntl; POSIX.1-2017 fcntl", .covers = COVERS("fcntl:F_SETLKW"),
      .call = {CALL_IF(SYS_fcntl, 1, F_SETLKW)}, .setup = setup, .run = run);
