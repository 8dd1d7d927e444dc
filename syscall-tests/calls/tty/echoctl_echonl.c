/* SPDX-License-Identifier: MIT */
#include "probe.h"
#include "lib/ttypair.h"

static struct ttypair tty;
static struct termios attr;

static void setup(void)
{
	ttypair_open(&tty);
	attr = ttypair_attr(&tty);
}

static void echo_by(tcflag_t flags)
{
	attr.c_lflag &= ~(tcflag_t)(ECHO | ECHOCTL | ECHONL);
	attr.c_lflag |= flags;
	REQUIRE_OK(tcsetattr(tty.slave, TCSANOW, &attr));
}

static void run(void)
{
	echo_by(ECHO | ECHOCTL);
	ttypair_type(&tty, "a\x01\tb\n");
	ttypair_expect_shown(&tty, "a^A\tb\r\n");
	echo_by(ECHO);
	ttypair_type(&tty, "a\x01"
			   "b\n");
	ttypair_expect_shown(&tty, "a\x01"
				   "b\r\n");
	echo_by(ECHONL);
	ttypair_type(&tty, "secret\n");
	ttypair_expect_shown(&tty, "\r\n");
	ttypair_expect_line(&tty, "a\x01\tb\n");
	ttypair_expect_line(&tty, "a\x01"
				  "b\n");
	ttypair_expect_line(&tty, "secret\n");
	/* Had more been echoed, that would come first. */
	SETUP_EQ(write(tty.slave, "ok", 2), 2);
	ttypair_expect_shown(&tty, "ok");
}

PROBE(.promise = "Control characters are echoed as ^X with ECHOCTL, else as they are; ECHONL "
		 "echoes the newline though ECHO is off",
      .source = "man 3 termios (ECHOCTL, ECHONL); POSIX.1-2017 11.2.5",
      .covers = COVERS("ioctl:TCSETS", "read:ptmx"), .needs = NEEDS("pty"),
      .call = {CALL_IOCTL(TCSETS)}, .setup = setup, .run = run);
