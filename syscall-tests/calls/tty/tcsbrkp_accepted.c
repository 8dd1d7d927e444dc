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
	REQUIRE_OK(ioctl(tty.slave, TCSBRKP, 2));
	REQUIRE_OK(ioctl(tty.master, TCSBRKP, 0));
	SETUP_OK(close(tty.master));
	EXPECT_ERRNO(ioctl(tty.slave, TCSBRKP, 0), EIO);
}

PROBE(.promise = "TCSBRKP, a break of a given length, succeeds without effect on a pseudoterminal, "
		 "EIO "
		 "after a hangup",
      .source = "man 2 TCSBRKP (tty_ioctl)", .covers = COVERS("ioctl:TCSBRKP"),
      .needs = NEEDS("pty"), .call = {CALL_IOCTL(TCSBRKP)}, .setup = setup, .run = run);
