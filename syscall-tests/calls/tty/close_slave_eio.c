/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <poll.h>

#include "probe.h"
#include "lib/ttypair.h"

static struct ttypair tty;

static void setup(void)
{
	ttypair_open(&tty);
	ttypair_raw(&tty);
	SETUP_OK(fcntl(tty.master, F_SETFL, O_NONBLOCK));
	SETUP_EQ(write(tty.slave, "bye", 3), 3);
}

static void run(void)
{
	char buf[8] = "";

	REQUIRE_OK(close(tty.slave));
	EXPECT_EQ(read_full(tty.master, buf, 3), 3);
	EXPECT_STR(buf, "bye");
	REQUIRE(wait_events(tty.master, POLLIN) & POLLHUP, "poll on the master reports no hangup");
	EXPECT_ERRNO(read(tty.master, buf, sizeof(buf)), EIO);

	/* Opened again, the pair is alive. */
	tty.slave = (int)REQUIRE_OK(open(tty.name, O_RDWR | O_NOCTTY));
	EXPECT_EQ(wait_events_ms(tty.master, POLLIN, 0) & POLLHUP, 0);
	EXPECT_EQ(write(tty.slave, "hi", 2), 2);
	EXPECT_EQ(read_full(tty.master, buf, 2), 2);
}

PROBE(.promise =
	      "When the last slave descriptor is closed, the master reads what was written before, "
	      "then EIO, until the slave is opened again",
      .source = "man 4 pts; man 7 pty", .covers = COVERS("close:pts", "poll:POLLHUP"),
      .needs = NEEDS("pty"), .call = {CALL(SYS_close)}, .setup = setup, .run = run);
