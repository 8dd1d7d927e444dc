/* SPDX-License-Identifier: MIT */
#include "probe.h"
#include "lib/filelock.h"

enum { SIZE = 10 };

static int fd;

static void setup(void)
{
	filelock_make();
	fd = filelock_open();
}

/* Which lock of the parent's keeps this process from a byte, and how far that goes. */
static char seen_at(off_t byte, off_t *ret_start, off_t *ret_len)
{
	struct flock fl = {0};

	EXPECT_OK(filelock(fd, F_GETLK, F_WRLCK, byte, 1, &fl));
	*ret_start = fl.l_start;
	*ret_len = fl.l_len;
	return fl.l_type == F_WRLCK ? 'w' : fl.l_type == F_RDLCK ? 'r' : '-';
}

static void other(void *arg)
{
	char map[SIZE + 1] = "";
	off_t start[SIZE], len[SIZE];

	for (int i = 0; i < SIZE; i++)
		map[i] = seen_at(i, &start[i], &len[i]);
	REQUIRE_BYTES(map, "www---wrrw", SIZE);
	EXPECT_EQ(start[2], 0);
	EXPECT_EQ(len[2], 3);
	EXPECT_EQ(start[6], 6);
	EXPECT_EQ(len[6], 1);
	EXPECT_EQ(start[8], 7);
	EXPECT_EQ(len[8], 2);
	EXPECT_EQ(start[9], 9);
	EXPECT_EQ(len[9], 1);
	EXPECT_OK(filelock(fd, F_SETLK, F_WRLCK, 3, 3, NULL));
	EXPECT_OK(filelock(fd, F_SETLK, F_RDLCK, 7, 2, NULL));
	EXPECT_ERRNO(filelock(fd, F_SETLK, F_RDLCK, 6, 1, NULL), EAGAIN);
}

static void run(void)
{
	REQUIRE_OK(filelock(fd, F_SETLK, F_WRLCK, 0, 5, NULL));
	REQUIRE_OK(filelock(fd, F_SETLK, F_WRLCK, 5, 5, NULL));
	REQUIRE_OK(filelock(fd, F_SETLK, F_UNLCK, 3, 3, NULL));
	REQUIRE_OK(filelock(fd, F_SETLK, F_RDLCK, 7, 2, NULL));
	child_end(child_start(other, NULL));
}

PROBE(.promise = "Unlocking the middle of a lock leaves both ends, and a range within may become "
		 "another kind; a child inherits none of them. Databases lock single bytes so",
      .source = "man 2 fcntl; POSIX.1-2017 fcntl",
      .covers = COVERS("fcntl:F_SETLK", "fcntl:F_GETLK"),
      .call = {CALL_IF(SYS_fcntl, 1, F_SETLK), CALL_IF(SYS_fcntl, 1, F_GETLK)}, .setup = setup,
      .run = run);
