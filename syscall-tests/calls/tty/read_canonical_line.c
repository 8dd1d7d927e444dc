/* SPDX-License-Identifier: MIT */
#include <poll.h>
#include <string.h>

#include "probe.h"
#include "lib/ttypair.h"

static struct ttypair tty;

static void setup(void)
{
	ttypair_open(&tty);
	/* Nothing to read before the newline. */
	ttypair_type(&tty, "ab\x7f"
			   "c");
	SETUP_EQ(wait_events_ms(tty.slave, POLLIN, 0) & POLLIN, 0);
	ttypair_type(&tty, "\njunk\x15kept\nlonger line\n");
	SETUP(wait_events(tty.slave, POLLIN) & POLLIN, "a typed line never became readable");
}

static void expect_read(size_t room, const char *expected)
{
	char buf[64] = "";

	EXPECT_EQ(read(tty.slave, buf, room), (long)strlen(expected));
	EXPECT_STR(buf, expected);
}

static void run(void)
{
	expect_read(60, "ac\n");
	expect_read(60, "kept\n");
	expect_read(6, "longer");
	expect_read(60, " line\n");
	EXPECT_EQ(wait_events_ms(tty.slave, POLLIN, 0) & POLLIN, 0);
	ttypair_type(&tty, "last\n");
	EXPECT(wait_events(tty.slave, POLLIN) & POLLIN, "a line typed later never came");
	expect_read(60, "last\n");
}

PROBE(.promise = "In canonical mode a read gives at most one line, a short read leaves the rest of "
		 "it, "
		 "and ERASE and KILL edit the line before it is read",
      .source = "man 3 termios, canonical mode; POSIX.1-2017 11.1.6", .covers = COVERS("read:tty"),
      .needs = NEEDS("pty"), .call = {CALL(SYS_read)}, .setup = setup, .run = run);
