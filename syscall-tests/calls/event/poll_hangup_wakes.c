/* SPDX-License-Identifier: MIT */
#include <poll.h>

#include "probe.h"

static int held[2], idle[2];

static void setup(void)
{
	SETUP_OK(pipe(held));
	SETUP_OK(pipe(idle));
}

/* Ends when the other process is about to wait, and the last writer with it. */
static void holder(void *arg)
{
	SETUP(mark_wait(0), "the other process did not go on");
	pause_briefly();
}

static void run(void)
{
	struct pollfd p[] = {{.fd = idle[0], .events = POLLIN}, {.fd = held[0], .events = POLLIN}};
	pid_t pid = child_start(holder, NULL);

	SETUP_OK(close(held[1]));
	EXPECT_EQ(poll(p, 2, 0), 0);
	mark_set(0, 1);
	REQUIRE(poll(p, 2, patience_ms()) == 1, "the end of the last writer did not wake poll");
	EXPECT_EQ(p[0].revents, 0);
	EXPECT_EQ(p[1].revents, POLLHUP);
	child_end(pid);
}

PROBE(.promise = "Who polls a pipe is woken when its last writer ends: how a command's end is "
		 "noticed by its output",
      .source = "man 2 poll; POSIX.1-2017 poll", .covers = COVERS("poll:POLLHUP"),
      .call = {CALL(SYS_poll)}, .setup = setup, .run = run);
