/* SPDX-License-Identifier: MIT */
#include <poll.h>

#include "probe.h"
#include "lib/ttypair.h"

static struct ttypair tty;

static void setup(void)
{
	ttypair_open(&tty);
	ttypair_type(&tty, "abc\x04\x04"
			   "d\n");
	SETUP(wait_events(tty.slave, POLLIN) & POLLIN, "a typed end of file was not readable");
}

static void run(void)
{
	char buf[8] = "";

	EXPECT_EQ(read(tty.slave, buf, sizeof(buf)), 3);
	EXPECT_BYTES(buf, "abc", 3);
	/* Each is there to read as soon as it was looked at, what follows it a little later. */
	REQUIRE(wait_events(tty.slave, POLLIN) & POLLIN, "the end of file is not readable");
	EXPECT_EQ(read(tty.slave, buf, sizeof(buf)), 0);
	REQUIRE(wait_events(tty.slave, POLLIN) & POLLIN, "the line after it is not readable");
	EXPECT_EQ(read(tty.slave, buf, sizeof(buf)), 2);
	EXPECT_BYTES(buf, "d\n", 2);
}

PROBE(.promise =
	      "The EOF character ends a line without being read; at the start of a line it makes "
	      "read give 0, once",
      .source = "man 3 termios, VEOF; POSIX.1-2017 11.1.9", .covers = COVERS("read:tty"),
      .needs = NEEDS("pty"), .call = {CALL(SYS_read)}, .setup = setup, .run = run);
