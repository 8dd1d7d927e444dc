/* SPDX-License-Identifier: MIT */
#include <poll.h>

#include "probe.h"
#include "lib/ttypair.h"

static struct ttypair tty;

static void setup(void)
{
	ttypair_open(&tty);
	ttypair_control(&tty);
	signal_watch(SIGHUP);
}

static void run(void)
{
	char c;

	REQUIRE_OK(close(tty.master));
	REQUIRE(wait_events(tty.slave, POLLIN) & POLLHUP, "poll on the slave reports no hangup");
	EXPECT_EQ(read(tty.slave, &c, 1), 0);
	EXPECT_ERRNO(write(tty.slave, "x", 1), EIO);
	EXPECT(EVENTUALLY(signal_count(SIGHUP) > 0), "the session leader got no SIGHUP");
}

PROBE(.promise =
	      "When the master is closed the session leader gets SIGHUP; on the slave poll reports "
	      "POLLHUP, read gives 0 and write fails with EIO",
      .source = "man 7 pty; POSIX.1-2017 11.1.10", .covers = COVERS("close:ptmx", "poll:POLLHUP"),
      .needs = NEEDS("pty"), .call = {CALL(SYS_close)}, .setup = setup, .run = run);
