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
	ttypair_type(&tty, "stale\n");
	SETUP(wait_events(tty.slave, POLLIN) & POLLIN, "typed text never became readable");
}

static void run(void)
{
	char buf[16] = "";

	attr.c_lflag &= ~(tcflag_t)ECHO;
	REQUIRE_OK(tcsetattr(tty.slave, TCSAFLUSH, &attr));
	EXPECT_EQ(wait_events_ms(tty.slave, POLLIN, 0) & POLLIN, 0);
	ttypair_type(&tty, "new\n");
	REQUIRE(wait_events(tty.slave, POLLIN) & POLLIN, "text typed afterwards is not readable");
	EXPECT_EQ(read(tty.slave, buf, sizeof(buf) - 1), 4);
	EXPECT_STR(buf, "new\n");
}

PROBE(.promise =
	      "tcsetattr with TCSAFLUSH discards input not yet read, and nothing that comes later",
      .source = "man 3 termios; POSIX.1-2017 tcsetattr", .covers = COVERS("ioctl:TCSETSF"),
      .needs = NEEDS("pty"), .call = {CALL_IOCTL(TCSETSF)}, .setup = setup, .run = run);
