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

static int lock(int fd, int command, int type, struct flock *ret)
{
	struct flock fl = {.l_type = (short)type, .l_whence = SEEK_SET, .l_start = 2, .l_len = 4};
	int r = fcntl(fd, command, &fl);

	if (ret)
		*ret = fl;
	return r;
}

static void run(void)
{
	struct flock fl = {0};
	int holder = open_it(), other = open_it(), third = open_it(), copy;

	REQUIRE_OK(lock(holder, F_OFD_SETLK, F_WRLCK, NULL));
	EXPECT_ERRNO(lock(other, F_OFD_SETLK, F_RDLCK, NULL), EAGAIN);
	REQUIRE_OK(lock(other, F_OFD_GETLK, F_RDLCK, &fl));
	EXPECT_EQ(fl.l_type, F_WRLCK);
	EXPECT_EQ(fl.l_start, 2);
	EXPECT_EQ(fl.l_len, 4);
	/* No process is its owner. */
	EXPECT_EQ(fl.l_pid, -1);

	/* Unlike the other kind it outlives a close of the file elsewhere, and goes with copies. */
	SETUP_OK(close(third));
	EXPECT_ERRNO(lock(other, F_OFD_SETLK, F_RDLCK, NULL), EAGAIN);
	copy = (int)SETUP_OK(dup(holder));
	EXPECT_OK(lock(copy, F_OFD_SETLK, F_WRLCK, NULL));
	SETUP_OK(close(holder));
	EXPECT_ERRNO(lock(other, F_OFD_SETLK, F_RDLCK, NULL), EAGAIN);
	EXPECT_OK(lock(copy, F_OFD_SETLK, F_UNLCK, NULL));
	EXPECT_OK(lock(other, F_OFD_SETLK, F_WRLCK, NULL));
	EXPECT_ERRNO(lock(copy, F_OFD_SETLK, F_RDLCK, NULL), EAGAIN);
	SETUP_OK(close(other));
	EXPECT_OK(lock(copy, F_OFD_SETLK, F_RDLCK, NULL));
}

PROBE(.promise = "A lock of an open file description keeps out other opens of the file, were it in "
		 "one process, and ends with the last descriptor of its own",
      .source = "man 2 fcntl (open file description locks)",
      .covers = COVERS("fcntl:F_OFD_SETLK", "fcntl:F_OFD_GETLK"),
      .call = {CALL_IF(SYS_fcntl, 1, F_OFD_SETLK), CALL_IF(SYS_fcntl, 1, F_OFD_GETLK)},
      .setup = setup, .run = run);
