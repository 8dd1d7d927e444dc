/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sys/file.h>

#include "probe.h"

static const char *path;

static void setup(void)
{
	path = tmp_file("lock", "x", 1, 0600);
}

static int open_it(void)
{
	return (int)SETUP_OK(open(path, O_RDWR));
}

static void run(void)
{
	int a = open_it(), b = open_it(), copy = (int)SETUP_OK(dup(a));
	char c = 0;

	REQUIRE_OK(flock(a, LOCK_EX | LOCK_NB));
	EXPECT_ERRNO(flock(b, LOCK_SH | LOCK_NB), EWOULDBLOCK);
	SETUP_EQ(read(copy, &c, 1), 1);
	SETUP_EQ(c, 'x');
	/* The copy is the same open file, and its closing releases nothing. */
	EXPECT_OK(flock(copy, LOCK_EX | LOCK_NB));
	SETUP_OK(close(copy));
	EXPECT_ERRNO(fcntl(copy, F_GETFD), EBADF);
	EXPECT_ERRNO(flock(b, LOCK_EX | LOCK_NB), EWOULDBLOCK);
	EXPECT_OK(flock(a, LOCK_SH | LOCK_NB));
	EXPECT_OK(flock(b, LOCK_SH | LOCK_NB));
	EXPECT_ERRNO(flock(a, LOCK_EX | LOCK_NB), EWOULDBLOCK);
	SETUP_OK(close(a));
	EXPECT_OK(flock(b, LOCK_EX | LOCK_NB));
	EXPECT_ERRNO(flock(open_it(), LOCK_SH | LOCK_NB), EWOULDBLOCK);
	EXPECT_OK(flock(b, LOCK_UN));
	EXPECT_OK(flock(open_it(), LOCK_EX | LOCK_NB));
	EXPECT_ERRNO(flock(b, 77), EINVAL);
}

PROBE(.promise = "A flock belongs to the open file: copies share it, a second open does not, and "
		 "it ends with the last descriptor",
      .source = "man 2 flock", .covers = COVERS("flock:LOCK_EX", "flock:LOCK_SH", "flock:LOCK_NB"),
      .call = {CALL(SYS_flock)}, .setup = setup, .run = run);
