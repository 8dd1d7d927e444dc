/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <poll.h>
#include <termios.h>

#include "probe.h"
#include "lib/ttypair.h"

static struct ttypair tty;

static void setup(void)
{
	ttypair_open(&tty);
	SETUP_OK(fcntl(tty.slave, F_SETFL, O_NONBLOCK));
}

static void run(void)
{
	char c = 0;

	REQUIRE_OK(tcflow(tty.slave, TCOOFF));
	EXPECT_ERRNO(write(tty.slave, "x", 1), EAGAIN);
	EXPECT_EQ(wait_events_ms(tty.master, POLLIN, 0) & POLLIN, 0);
	REQUIRE_OK(tcflow(tty.slave, TCOON));
	EXPECT_EQ(write(tty.slave, "y", 1), 1);
	EXPECT_EQ(read_full(tty.master, &c, 1), 1);
	EXPECT_EQ(c, 'y');

	REQUIRE_OK(tcflow(tty.slave, TCIOFF));
	EXPECT_EQ(read_full(tty.master, &c, 1), 1);
	EXPECT_EQ(c, 19);
	REQUIRE_OK(tcflow(tty.slave, TCION));
	EXPECT_EQ(read_full(tty.master, &c, 1), 1);
	EXPECT_EQ(c, 17);
	EXPECT_ERRNO(tcflow(tty.slave, 77), EINVAL);
}

PROBE(.promise = "tcflow suspends and resumes output, and sends STOP and START to the other side",
      .source = "man 3 tcflow; POSIX.1-2017 tcflow", .covers = COVERS("ioctl:TCXONC"),
      .needs = NEEDS("pty"), .call = {CALL_IOCTL(TCXONC)}, .setup = setup, .run = run);
