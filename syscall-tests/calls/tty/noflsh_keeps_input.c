/* SPDX-License-Identifier: MIT */
#include "probe.h"
#include "lib/ttypair.h"

#define INTR "\x03"

static struct ttypair tty;
static struct termios attr;

static void setup(void)
{
	ttypair_open(&tty);
	ttypair_control(&tty);
	attr = ttypair_attr(&tty);
	attr.c_lflag &= ~(tcflag_t)ECHO;
	attr.c_lflag |= ISIG;
	attr.c_cc[VINTR] = INTR[0];
	signal_watch(SIGINT);
}

static void run(void)
{
	attr.c_lflag |= NOFLSH;
	REQUIRE_OK(tcsetattr(tty.slave, TCSANOW, &attr));
	ttypair_type(&tty, "ab" INTR "c\n");
	ttypair_expect_line(&tty, "abc\n");
	EXPECT_EQ(signal_count(SIGINT), 1);
	attr.c_lflag &= ~(tcflag_t)NOFLSH;
	REQUIRE_OK(tcsetattr(tty.slave, TCSANOW, &attr));
	ttypair_type(&tty, "ab" INTR "c\n");
	ttypair_expect_line(&tty, "c\n");
	EXPECT_EQ(signal_count(SIGINT), 2);
}

PROBE(.promise = "With NOFLSH, INTR signals and leaves the input as it was; without, it discards "
		 "what was typed before it",
      .source = "man 3 termios (NOFLSH); POSIX.1-2017 11.2.5",
      .covers = COVERS("ioctl:TCSETS", "read:tty"), .needs = NEEDS("pty"),
      .call = {CALL_IOCTL(TCSETS)}, .setup = setup, .run = run);
