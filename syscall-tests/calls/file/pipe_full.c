/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <limits.h>
#include <poll.h>

#include "probe.h"

static int fds[2];
static char block[PIPE_BUF];

static void setup(void)
{
	SETUP_OK(pipe2(fds, O_NONBLOCK | O_CLOEXEC));
}

static void run(void)
{
	long total = 0, got = 0, n;

	while ((n = write(fds[1], block, sizeof(block))) == sizeof(block) && total < 2 << 20)
		total += n;
	EXPECT(n == -1 && errno == EAGAIN, "filling the pipe ended with %ld, %s", n,
	       errno_name(errno));
	EXPECT(total >= PIPE_BUF, "a pipe takes %ld bytes only", total);
	EXPECT_EQ(wait_events_ms(fds[1], POLLOUT, 0), 0);
	SETUP_EQ(read(fds[0], block, 100), 100);
	got = 100;
	/* Not even a part of it: at most PIPE_BUF bytes are written as one. */
	EXPECT_ERRNO(write(fds[1], block, PIPE_BUF), EAGAIN);
	while ((n = read(fds[0], block, sizeof(block))) > 0)
		got += n;
	SETUP(n == -1 && errno == EAGAIN, "emptying the pipe ended with %ld, %s", n,
	      errno_name(errno));
	EXPECT_EQ(got, total);
	EXPECT_EQ(wait_events_ms(fds[1], POLLOUT, 0), POLLOUT);
	EXPECT_EQ(write(fds[1], block, PIPE_BUF), PIPE_BUF);
}

PROBE(.promise = "A full non-blocking pipe answers EAGAIN, keeps what it took, and writes PIPE_BUF "
		 "bytes "
		 "whole or not at all",
      .source = "man 7 pipe; POSIX.1-2017 write", .covers = COVERS("write", "pipe2:O_NONBLOCK"),
      .call = {CALL(SYS_write)}, .setup = setup, .run = run);
