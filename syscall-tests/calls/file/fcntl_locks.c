/* SPDX-License-Identifier: MIT */
#include <fcntl.h>

#include "probe.h"

static const char *path;

static void setup(void)
{
	path = tmp_file("lock", "0123456789", 10, 0600);
}

static int open_it(void)
{
	int fd = (int)SETUP_OK(open(path, O_RDWR | O_CLOEXEC));
	char c = 0;

	SETUP_EQ(pread(fd, &c, 1, 9), 1);
	SETUP_EQ(c, '9');
	return fd;
}

static int lock(int fd, int command, int type, off_t start, off_t len, struct flock *ret)
{
	struct flock fl = {
		.l_type = (short)type, .l_whence = SEEK_SET, .l_start = start, .l_len = len};
	int r = fcntl(fd, command, &fl);

	if (ret)
		*ret = fl;
	return r;
}

static void other(void *arg)
{
	struct flock fl = {0};
	int fd = open_it();

	EXPECT_OK(lock(fd, F_GETLK, F_WRLCK, 0, 0, &fl));
	EXPECT_EQ(fl.l_type, F_WRLCK);
	EXPECT_EQ(fl.l_pid, getppid());
	EXPECT_EQ(fl.l_start, 2);
	EXPECT_EQ(fl.l_len, 4);
	EXPECT_ERRNO(lock(fd, F_SETLK, F_RDLCK, 5, 1, NULL), EAGAIN);
	EXPECT_OK(lock(fd, F_SETLK, F_WRLCK, 6, 1, NULL));
	mark_set(0, 1);
	SETUP(mark_wait(1), "the other process did not go on");
	EXPECT_OK(lock(fd, F_SETLK, F_WRLCK, 0, 0, NULL));
}

static void run(void)
{
	int fd = open_it(), second = open_it();

	REQUIRE_OK(lock(fd, F_SETLK, F_WRLCK, 2, 4, NULL));
	/* The same process locks over its own lock. */
	EXPECT_OK(lock(second, F_SETLK, F_WRLCK, 2, 4, NULL));
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
      .call = {CALL_IF(SYS_fcntl, 1, F_SETLK), CALL_IF(SYS_fcntl, 1, F_GETLK)}, .setup = setup,
      .run = run);
