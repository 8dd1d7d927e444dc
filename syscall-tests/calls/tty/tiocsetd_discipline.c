/* SPDX-License-Identifier: MIT */
#include <termios.h>

#include "probe.h"
#include "lib/ttypair.h"

enum { NONE_SUCH = 77 };

static struct ttypair tty;

static void setup(void)
{
	ttypair_open(&tty);
}

static void run(void)
{
	int discipline = -1;

	EXPECT_OK(ioctl(tty.slave, TIOCGETD, &discipline));
	EXPECT_EQ(discipline, 0);
	REQUIRE_OK(ioctl(tty.slave, TIOCSETD, &discipline));
	discipline = NONE_SUCH;
	EXPECT_ERRNO(ioctl(tty.slave, TIOCSETD, &discipline), EINVAL);
	EXPECT_OK(ioctl(tty.slave, TIOCGETD, &discipline));
	EXPECT_EQ(discipline, 0);
}

PROBE(.promise = "A terminal has line discipline 0, which can be set again; one that does not "
		 "exist is "
		 "refused",
      .source = "man 2 TIOCSETD (tty_ioctl)", .covers = COVERS("ioctl:TIOCSETD", "ioctl:TIOCGETD"),
      .needs = NEEDS("pty"), .call = {CALL_IOCTL(TIOCSETD)}, .setup = setup, .run = run);
