/* SPDX-License-Identifier: MIT */
#include <poll.h>

#include "probe.h"
#include "lib/ttypair.h"

static struct ttypair tty;
static struct termios t;

static void setup(void)
{
	ttypair_open(&tty);
	ttypair_raw(&tty);
	t = ttypair_attr(&tty);
}

static void run(void)
{
	char buf[8] = "";

	interrupt_when_late();
	t.c_cc[VMIN] = 0;
	t.c_cc[VTIME] = 0;
	REQUIRE_OK(tcsetattr(tty.slave, TCSANOW, &t));
	EXPECT_EQ(read(tty.slave, buf, sizeof(buf)), 0);
	ttypair_type(&tty, "k");
	REQUIRE(wait_events(tty.slave, POLLIN) & POLLIN, "the key did not arrive");
	EXPECT_EQ(read(tty.slave, buf, sizeof(buf)), 1);
	EXPECT_EQ(buf[0], 'k');
	EXPECT_EQ(read(tty.slave, buf, sizeof(buf)), 0);
}

PROBE(.promise = "With VMIN and VTIME 0 a read gives what is there and does not wait; menus and "
		 "editors look for keys so",
      .source = "man 3 termios, noncanonical mode; POSIX.1-2017 11.1.7",
      .covers = COVERS("ioctl:TCSETS:VMIN", "read:tty"), .needs = NEEDS("pty"),
      .call = {CALL_IOCTL(TCSETS)}, .setup = setup, .run = run);
