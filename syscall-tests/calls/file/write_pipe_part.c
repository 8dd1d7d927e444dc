/* SPDX-License-Identifier: MIT */
#include <fcntl.h>

#include "probe.h"

enum { SIZE = 300000 };

static unsigned char bytes[SIZE], got[5000];
static int fds[2];

static void setup(void)
{
	pattern_fill(bytes, SIZE, 0);
	SETUP_OK(pipe2(fds, O_NONBLOCK | O_CLOEXEC));
}

static void run(void)
{
	long n, more, total = 0;

	n = REQUIRE_OK(write(fds[1], bytes, SIZE));
	REQUIRE(n > 0 && n <= SIZE, "of %d bytes the pipe took %ld", SIZE, n);
	if (n < SIZE)
		EXPECT_ERRNO(write(fds[1], bytes + n, (size_t)(SIZE - n)), EAGAIN);
	while ((more = read(fds[0], got, sizeof(got))) > 0) {
		EXPECT_EQ(pattern_check(got, (size_t)more, (size_t)total), more);
		total += more;
	}
	SETUP(more == -1 && errno == EAGAIN, "emptying the pipe ended with %ld, %s", more,
	      errno_name(errno));
	EXPECT_EQ(total, n);
}

PROBE(.promise = "A non-blocking pipe takes of a large write what it has room for, tells how much "
		 "that was, and gives it back unchanged",
      .source = "man 7 pipe (PIPE_BUF); POSIX.1-2017 write", .covers = COVERS("write"),
      .call = {CALL(SYS_write)}, .setup = setup, .run = run);
