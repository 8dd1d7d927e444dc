/* SPDX-License-Identifier: MIT */
#include <termios.h>

#include "probe.h"
#include "lib/ttypair.h"

static struct ttypair tty;

static void setup(void)
{
	ttypair_open(&tty);
}

static void run(void)
{
	struct termios t;
	char buf[16] = "";

	EXPECT_EQ(write(tty.slave, "a\nb\n", 4), 4);
	EXPECT_EQ(read_full(tty.master, buf, 6), 6);
	EXPECT_BYTES(buf, "a\r\nb\r\n", 6);

	t = ttypair_attr(&tty);
	SETUP(t.c_oflag & OPOST, "tcgetattr tells that OPOST is off");
	t.c_oflag &= ~(tcflag_t)OPOST;
	SETUP_OK(tcsetattr(tty.slave, TCSANOW, &t));
	EXPECT_EQ(write(tty.slave, "c\nd", 3), 3);
	EXPECT_EQ(read_full(tty.master, buf, 3), 3);
	EXPECT_BYTES(buf, "c\nd", 3);
}

PROBE(.promise =
	      "With OPOST and ONLCR a written newline comes out as CR NL, without OPOST as it is, "
	      "and write counts the bytes it was given",
      .source = "man 3 termios; POSIX.1-2017 11.2.3", .covers = COVERS("write:tty"),
      .needs = NEEDS("pty"), .call = {CALL(SYS_write)}, .setup = setup, .run = run);
