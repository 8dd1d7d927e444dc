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
	REQUIRE_OK(ioctl(tty.slave, TIOCSBRK, 0));
	REQUIRE_OK(ioctl(tty.slave, TIOCCBRK, 0));
	SETUP_OK(close(tty.master));
	EXPECT_ERRNO(ioctl(tty.slave, TIOCSBRK, 0), EIO);
	EXPECT_ERRNO(ioctl(tty.slave, TIOCCBRK, 0), EIO);
}

PROBE(.promise = "TIOCSBRK and TIOCCBRK, break on and off, succeed without effect on a "
		 "pseudoterminal, EIO "
		 "after a hangup",
      .source = "man 2 TIOCSBRK (tty_ioctl)", .covers = COVERS("ioctl:TIOCSBRK", "ioctl:TIOCCBRK"),
      .needs = NEEDS("pty"), .call = {CALL_IOCTL(TIOCSBRK), CALL_IOCTL(TIOCCBRK)}, .setup = setup,
      .run = run);
