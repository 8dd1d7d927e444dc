/* SPDX-License-Identifier: MIT */
#include <fcntl.h>

#include "probe.h"

static const char *path;
static int first, second, third;

static void setup(void)
{
	path = tmp_file("file", "0123456789", 10, 0600);
	first = (int)SETUP_OK(dup(1));
	second = (int)SETUP_OK(dup(1));
	third = (int)SETUP_OK(dup(1));
	SETUP(first < second && second < third, "dup gave %d, %d, %d", first, second, third);
}

static void run(void)
{
	int fds[2] = {-1, -1};
	char c = 0;

	SETUP_OK(close(second));
	SETUP_OK(close(first));
	EXPECT_EQ(open(path, O_RDONLY), first);
	EXPECT_EQ(read(first, &c, 1), 1);
	EXPECT_EQ(c, '0');
	EXPECT_EQ(dup(first), second);
	EXPECT_EQ(read(second, &c, 1), 1);
	EXPECT_EQ(c, '1');
	SETUP_OK(close(third));
	SETUP_OK(close(first));
	EXPECT_OK(pipe(fds));
	EXPECT_EQ(fds[0], first);
	EXPECT_EQ(fds[1], third);
	/* How a shell makes a file its standard input. */
	SETUP_OK(close(0));
	EXPECT_EQ(open(path, O_RDONLY), 0);
	EXPECT_EQ(read(0, &c, 1), 1);
	EXPECT_EQ(c, '0');
}

PROBE(.promise = "A new descriptor has the lowest number that is free, in whatever order they came "
		 "free; shells and daemons set up their standard streams so",
      .source = "man 2 open; POSIX.1-2017 open, dup, pipe, 2.14",
      .covers = COVERS("openat", "dup", "pipe"),
      .call = {CALL(SYS_open), CALL(SYS_openat), CALL(SYS_dup), CALL(SYS_pipe)}, .setup = setup,
      .run = run);
