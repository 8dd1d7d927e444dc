/* SPDX-License-Identifier: MIT */
#include <poll.h>
#include <termios.h>

#include "probe.h"
#include "lib/ttypair.h"

static struct ttypair tty;
static struct termios attr;

static void setup(void)
{
	ttypair_open(&tty);
	attr = ttypair_attr(&tty);
	cfmakeraw(&attr);
	interrupt_when_late();
}

static void run(void)
{
	char buf[8] = "";

	attr.c_cc[VMIN] = 3;
	attr.c_cc[VTIME] = 0;
	REQUIRE_OK(tcsetattr(tty.slave, TCSANOW, &attr));
	ttypair_type(&tty, "ab");
	EXPECT_EQ(wait_events_ms(tty.slave, POLLIN, 20) & POLLIN, 0);
	ttypair_type(&tty, "c");
	REQUIRE(wait_events(tty.slave, POLLIN) & POLLIN, "three bytes are not readable");
	EXPECT_EQ(read(tty.slave, buf, sizeof(buf)), 3);
	EXPECT_BYTES(buf, "abc", 3);

	attr.c_cc[VMIN] = 0;
	REQUIRE_OK(tcsetattr(tty.slave, TCSANOW, &attr));
	EXPECT_EQ(read(tty.slave, buf, sizeof(buf)), 0);
}

PROBE(.promise =
	      "Without canonical mode, input is readable when VMIN bytes are there; with VMIN and "
	      "VTIME 0 a read never waits",
      .source = "man 3 termios, noncanonical mode; POSIX.1-2017 11.1.7",
      .covers = COVERS("ioctl:TCSETS", "read:tty"), .needs = NEEDS("pty"),
      .call = {CALL_IOCTL(TCSETS)}, .setup = setup, .run = run);
