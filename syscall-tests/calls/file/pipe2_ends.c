/* SPDX-License-Identifier: MIT */
#include <fcntl.h>

#include "probe.h"

static void setup(void)
{
	signal_watch(SIGPIPE);
}

static void run(void)
{
	int fds[2] = {-1, -1};
	char buf[8] = "";

	REQUIRE_OK(pipe2(fds, O_NONBLOCK | O_CLOEXEC));
	REQUIRE(fds[0] >= 0 && fds[1] >= 0, "no descriptors came");
	EXPECT_EQ(fcntl(fds[0], F_GETFD), FD_CLOEXEC);
	EXPECT_EQ(fcntl(fds[1], F_GETFL) & (O_NONBLOCK | O_ACCMODE), O_NONBLOCK | O_WRONLY);
	EXPECT_EQ(fcntl(fds[0], F_GETFL) & (O_NONBLOCK | O_ACCMODE), O_NONBLOCK | O_RDONLY);
	EXPECT_ERRNO(read(fds[0], buf, 8), EAGAIN);
	EXPECT_ERRNO(read(fds[1], buf, 8), EBADF);
	EXPECT_ERRNO(write(fds[0], buf, 8), EBADF);
	EXPECT_ERRNO(lseek(fds[0], 0, SEEK_CUR), ESPIPE);
	EXPECT_EQ(write(fds[1], "last", 4), 4);
	EXPECT_OK(close(fds[1]));
	EXPECT_EQ(read(fds[0], buf, 8), 4);
	EXPECT_EQ(read(fds[0], buf, 8), 0);

	REQUIRE_OK(pipe2(fds, 0));
	EXPECT_OK(close(fds[0]));
	EXPECT_ERRNO(write(fds[1], "x", 1), EPIPE);
	EXPECT_EQ(signal_count(SIGPIPE), 1);
}

PROBE(.promise = "A pipe has a read end and a write end with the flags asked for; without writers "
		 "a read "
		 "gives the rest and then 0, without readers a write is EPIPE and SIGPIPE",
      .source = "man 2 pipe; man 7 pipe",
      .covers = COVERS("pipe2", "pipe2:O_CLOEXEC", "pipe2:O_NONBLOCK"),
      .call = {CALL(SYS_pipe2), CALL(SYS_pipe)}, .setup = setup, .run = run);
