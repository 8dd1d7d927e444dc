/* SPDX-License-Identifier: MIT */
#include "probe.h"
#include "lib/filelock.h"

static void other(void *arg)
{
	struct flock fl = {0};
	int fd = filelock_open();

	EXPECT_OK(filelock(fd, F_GETLK, F_WRLCK, 0, 0, &fl));
	EXPECT_EQ(fl.l_type, F_WRLCK);
	EXPECT_EQ(fl.l_pid, getppid());
	EXPECT_EQ(fl.l_start, 2);
	EXPECT_EQ(fl.l_len, 4);
	EXPECT_ERRNO(filelock(fd, F_SETLK, F_RDLCK, 5, 1, NULL), EAGAIN);
	EXPECT_OK(filelock(fd, F_SETLK, F_WRLCK, 6, 1, NULL));
	mark_set(0, 1);
	SETUP(mark_wait(1), "the other process did not go on");
	EXPECT_OK(filelock(fd, F_SETLK, F_WRLCK, 0, 0, NULL));
}

static void run(void)
{
	int fd = filelock_open(), second = filelock_open();

	REQUIRE_OK(filelock(fd, F_SETLK, F_WRLCK, 2, 4, NULL));
	/* The same process locks over its own lock. */
	EXPECT_OK(filelock(second, F_SETLK, F_WRLCK, 2, 4, NULL));
	pid_t pid = child_start(other, NULL);

	EXPECT(mark_wait(0), "the helper process stopped half way");
	/* Closing any descriptor of the file gives up all of the process's locks. */
	SETUP_OK(close(second));
	mark_set(1, 1);
	child_end(pid);
}

PROBE(.promise = "A record lock keeps other processes out of its bytes, F_GETLK tells who holds "
		 "it, and "
		 "closing any descriptor of the file releases it",
      .source = "man 2 fcntl; POSIX.1-2017 fcntl",
      .covers = COVERS("fcntl:F_SETLK", "fcntl:F_GETLK"),
      .call = {CALL_IF(SYS_fcntl, 1, F_SETLK), CALL_IF(SYS_fcntl, 1, F_GETLK)},
      .setup = filelock_make, .run = run);
