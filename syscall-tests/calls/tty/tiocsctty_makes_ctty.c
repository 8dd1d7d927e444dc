/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <termios.h>

#include "probe.h"
#include "lib/ttypair.h"

static struct ttypair tty;

static void setup(void)
{
	ttypair_open(&tty);
	ttypair_raw(&tty);
	SETUP_EQ(getsid(0), getpid());
}

static void run(void)
{
	char c = 0;

	EXPECT_ERRNO(open("/dev/tty", O_RDWR), ENXIO);
	REQUIRE_OK(ioctl(tty.slave, TIOCSCTTY, 0));
	EXPECT_EQ(tcgetsid(tty.slave), getpid());
	EXPECT_EQ(tcgetpgrp(tty.slave), getpgrp());

	int fd = (int)REQUIRE_OK(open("/dev/tty", O_RDWR));

	EXPECT_EQ(write(fd, "t", 1), 1);
	EXPECT_EQ(read_full(tty.master, &c, 1), 1);
	EXPECT_EQ(c, 't');
	/* To ask again for what one has is no error. */
	EXPECT_OK(ioctl(tty.slave, TIOCSCTTY, 0));
}

PROBE(.promise = "A session leader without a controlling terminal gets one by TIOCSCTTY; /dev/tty "
		 "then names it and the leader's group is in the foreground",
      .source = "man 2 TIOCSCTTY (tty_ioctl); man 4 tty",
      .covers = COVERS("ioctl:TIOCSCTTY", "ioctl:TIOCGSID", "ioctl:TIOCGPGRP", "openat:/dev/tty"),
      .needs = NEEDS("pty"), .call = {CALL_IOCTL(TIOCSCTTY)}, .setup = setup, .run = run);
