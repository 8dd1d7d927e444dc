/* SPDX-License-Identifier: MIT */
#include <poll.h>

#include "probe.h"
#include "lib/ttypair.h"

static struct ttypair tty;
static struct termios attr;

static void setup(void)
{
	ttypair_open(&tty);
	attr = ttypair_attr(&tty);
	attr.c_lflag &= ~(tcflag_t)ECHO;
	SETUP_OK(tcsetattr(tty.slave, TCSANOW, &attr));
	ttypair_type(&tty, "ahead\n");
	SETUP(wait_events(tty.slave, POLLIN) & POLLIN, "a typed line never became readable");
}

static void run(void)
{
	interrupt_when_late();
	attr.c_lflag |= ECHO;
	attr.c_cc[VERASE] = '#';
	REQUIRE_OK(tcsetattr(tty.slave, TCSADRAIN, &attr));
	ttypair_expect_line(&tty, "ahead\n");
	ttypair_type(&tty, "xy#\n");
	ttypair_expect_line(&tty, "x\n");
	attr = ttypair_attr(&tty);
	EXPECT_EQ(attr.c_cc[VERASE], '#');
	EXPECT_EQ(attr.c_lflag & ECHO, ECHO);
}

PROBE(.promise = "tcsetattr with TCSADRAIN is in force when it returns and keeps what was typed "
		 "ahead: shells call it around each line",
      .source = "man 3 tcsetattr; POSIX.1-2017 tcsetattr", .covers = COVERS("ioctl:TCSETSW"),
      .needs = NEEDS("pty"), .call = {CALL_IOCTL(0x5403 /* TCSETSW */)}, .setup = setup,
      .run = run);
