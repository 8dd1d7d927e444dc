/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <poll.h>

#include "probe.h"

static int fds[2];
static char block[65536];
static long filled;

static void setup(void)
{
	SETUP_OK(pipe2(fds, O_NONBLOCK | O_CLOEXEC));
	for (long n = 1; n > 0 && filled < 4 << 20; filled += n)
		n = write(fds[1], block, sizeof(block));
	/* The last one was -1. */
	filled++;
	SETUP(filled > 0 && errno == EAGAIN, "filling the pipe ended with %s", errno_name(errno));
}

/* Makes room when the other process is about to wait. */
static void reader(void *arg)
{
	SETUP(mark_wait(0), "the other process did not go on");
	pause_briefly();
	SETUP_EQ(read(fds[0], block, sizeof(block)),
		 filled < (long)sizeof(block) ? filled : (long)sizeof(block));
}

static void run(void)
{
	struct pollfd p = {.fd = fds[1], .events = POLLOUT};
	pid_t pid = child_start(reader, NULL);

	EXPECT_EQ(poll(&p, 1, 0), 0);
	mark_set(0, 1);
	REQUIRE(poll(&p, 1, patience_ms()) == 1, "room in the pipe did not wake poll");
	EXPECT_EQ(p.revents, POLLOUT);
	child_end(pid);
}

PROBE(.promise = "Who polls a full pipe to write is woken when another process reads from it",
      .source = "man 2 poll; POSIX.1-2017 poll", .covers = COVERS("poll:POLLOUT"),
      .call = {CALL(SYS_poll)}, .setup = setup, .run = run);
