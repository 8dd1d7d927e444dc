/* SPDX-License-Identifier: MIT */
#include <fcntl.h>

#include "probe.h"
#include "lib/ttypair.h"

static struct ttypair tty;

static void setup(void)
{
	ttypair_open(&tty);
	ttypair_control(&tty);
	signal_watch(SIGHUP);
	signal_watch(SIGCONT);
}

static void run(void)
{
	REQUIRE_OK(ioctl(tty.slave, TIOCNOTTY));
	EXPECT_ERRNO(open("/dev/tty", O_RDWR), ENXIO);
	EXPECT_ERRNO(tcgetpgrp(tty.slave), ENOTTY);
	EXPECT(EVENTUALLY(signal_count(SIGHUP) > 0), "no SIGHUP reached the foreground group");
	EXPECT(EVENTUALLY(signal_count(SIGCONT) > 0), "no SIGCONT reached the foreground group");
}

PROBE(.promise = "A session leader gives its terminal up by TIOCNOTTY; the foreground group gets "
		 "SIGHUP "
		 "and SIGCONT",
      .source = "man 2 TIOCNOTTY (tty_ioctl)", .covers = COVERS("ioctl:TIOCNOTTY"),
      .needs = NEEDS("pty"), .call = {CALL_IOCTL(TIOCNOTTY)}, .setup = setup, .run = run);
