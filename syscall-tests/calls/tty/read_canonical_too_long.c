/* SPDX-License-Identifier: MIT */
#include <poll.h>
#include <string.h>

#include "probe.h"
#include "lib/ttypair.h"

enum { LINE_MAX_LEN = 4096, TYPED = 4500 };

static struct ttypair tty;
static char typed[TYPED + 2], got[2 * LINE_MAX_LEN];

static void setup(void)
{
	struct termios attr;

	ttypair_open(&tty);
	attr = ttypair_attr(&tty);
	attr.c_lflag &= ~(tcflag_t)ECHO;
	SETUP_OK(tcsetattr(tty.slave, TCSANOW, &attr));
	for (int i = 0; i < TYPED; i++)
		typed[i] = (char)('!' + pattern_byte((size_t)i) % 90);
	typed[TYPED] = '\n';
}

static void run(void)
{
	ttypair_type(&tty, typed);
	REQUIRE(wait_events(tty.slave, POLLIN) & POLLIN, "a line of %d bytes never came", TYPED);
	EXPECT_EQ(read(tty.slave, got, sizeof(got)), LINE_MAX_LEN);
	EXPECT_BYTES(got, typed, LINE_MAX_LEN - 1);
	EXPECT_EQ(got[LINE_MAX_LEN - 1], '\n');
	ttypair_type(&tty, "next\n");
	ttypair_expect_line(&tty, "next\n");
}

PROBE(.promise = "Of a line that is too long the first 4095 bytes and the newline are read, and "
		 "the terminal goes on with the next",
      .source = "man 3 termios, canonical mode", .covers = COVERS("read:tty"),
      .needs = NEEDS("pty"), .call = {CALL(SYS_read)}, .setup = setup, .run = run);
