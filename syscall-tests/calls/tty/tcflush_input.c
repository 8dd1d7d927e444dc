/* SPDX-License-Identifier: MIT */
#include <poll.h>
#include <termios.h>

#include "probe.h"
#include "lib/ttypair.h"

static struct ttypair tty;

static void setup(void)
{
	ttypair_open(&tty);
	ttypair_raw(&tty);
	ttypair_type(&tty, "stale");
	SETUP(wait_events(tty.slave, POLLIN) & POLLIN, "typed text never became readable");
}

static void run(void)
{
	char buf[8] = "";
	int waiting = -1;

	REQUIRE_OK(tcflush(tty.slave, TCIFLUSH));
	EXPECT_EQ(wait_events_ms(tty.slave, POLLIN, 0) & POLLIN, 0);
	EXPECT_OK(ioctl(tty.slave, FIONREAD, &waiting));
	EXPECT_EQ(waiting, 0);
	ttypair_type(&tty, "new");
	EXPECT_EQ(read_full(tty.slave, buf, 3), 3);
	EXPECT_STR(buf, "new");
	EXPECT_ERRNO(tcflush(tty.slave, 77), EINVAL);
}

PROBE(.promise = "tcflush with TCIFLUSH discards what was received and not read",
      .source = "man 3 tcflush; POSIX.1-2017 tcflush",
      .covers = COVERS("ioctl:TCFLSH", "ioctl:FIONREAD"), .needs = NEEDS("pty"),
      .call = {CALL_IOCTL(TCFLSH)}, .setup = setup, .run = run);
