/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <poll.h>

#include "probe.h"
#include "lib/ttypair.h"

static struct ttypair tty;

static void setup(void)
{
	ttypair_open(&tty);
	SETUP_OK(fcntl(tty.slave, F_SETFL, O_NONBLOCK));
}

static void run(void)
{
	struct pollfd p = {.fd = tty.slave, .events = POLLIN};
	char echo[4] = "", buf[8] = "";
	int waiting = -1;

	ttypair_type(&tty, "ab");
	/* Its echo shows that it has arrived. */
	REQUIRE_EQ(read_full(tty.master, echo, 2), 2);
	EXPECT_STR(echo, "ab");
	EXPECT_EQ(poll(&p, 1, 0), 0);
	EXPECT_ERRNO(read(tty.slave, buf, sizeof(buf)), EAGAIN);
	ttypair_type(&tty, "c\n");
	REQUIRE_EQ(poll(&p, 1, patience_ms()), 1);
	EXPECT_EQ(p.revents, POLLIN);
	EXPECT_OK(ioctl(tty.slave, FIONREAD, &waiting));
	EXPECT_EQ(waiting, 4);
	EXPECT_EQ(read(tty.slave, buf, sizeof(buf)), 4);
	EXPECT_BYTES(buf, "abc\n", 4);
}

PROBE(.promise = "In canonical mode a terminal is readable when a line is complete, not before, "
		 "and FIONREAD tells its length",
      .source = "man 3 termios, canonical mode; POSIX.1-2017 11.1.6",
      .covers = COVERS("poll", "read:EAGAIN", "ioctl:FIONREAD"), .needs = NEEDS("pty"),
      .call = {CALL(SYS_poll)}, .setup = setup, .run = run);
