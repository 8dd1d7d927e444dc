/* SPDX-License-Identifier: MIT */
#include "probe.h"
#include "lib/ttypair.h"

static struct ttypair tty;
static struct termios attr;

static void setup(void)
{
	ttypair_open(&tty);
	attr = ttypair_attr(&tty);
	attr.c_lflag &= ~(tcflag_t)ECHO;
}

static void map_by(tcflag_t flags)
{
	attr.c_iflag &= ~(tcflag_t)(ICRNL | INLCR | IGNCR);
	attr.c_iflag |= flags;
	REQUIRE_OK(tcsetattr(tty.slave, TCSANOW, &attr));
}

static void run(void)
{
	map_by(ICRNL);
	ttypair_type(&tty, "a\rb\n");
	ttypair_expect_line(&tty, "a\n");
	ttypair_expect_line(&tty, "b\n");
	map_by(0);
	ttypair_type(&tty, "a\rb\n");
	ttypair_expect_line(&tty, "a\rb\n");
	map_by(IGNCR);
	ttypair_type(&tty, "a\rb\n");
	ttypair_expect_line(&tty, "ab\n");
	/* What ends this line is the end of file: its newline has become none. */
	map_by(INLCR);
	ttypair_type(&tty, "a\nb\x04");
	ttypair_expect_line(&tty, "a\rb");
}

PROBE(.promise = "The key Return, which sends CR, ends a line as NL with ICRNL and is itself "
		 "without; IGNCR drops it, INLCR makes NL a CR",
      .source = "man 3 termios (c_iflag); POSIX.1-2017 11.2.2",
      .covers = COVERS("ioctl:TCSETS", "read:tty"), .needs = NEEDS("pty"),
      .call = {CALL_IOCTL(TCSETS)}, .setup = setup, .run = run);
