/* SPDX-License-Identifier: MIT */
#include "probe.h"
#include "lib/ttypair.h"

#define KEYS "a\x03\x1c\x1a"

static struct ttypair tty;
static struct termios attr;

static void setup(void)
{
	ttypair_open(&tty);
	ttypair_control(&tty);
	attr = ttypair_attr(&tty);
	attr.c_lflag &= ~(tcflag_t)(ECHO | ISIG);
	attr.c_cc[VINTR] = KEYS[1];
	attr.c_cc[VQUIT] = KEYS[2];
	attr.c_cc[VSUSP] = KEYS[3];
	signal_watch(SIGINT);
	signal_watch(SIGQUIT);
	signal_watch(SIGTSTP);
}

static void run(void)
{
	REQUIRE_OK(tcsetattr(tty.slave, TCSANOW, &attr));
	ttypair_type(&tty, KEYS "b\n");
	ttypair_expect_line(&tty, KEYS "b\n");
	EXPECT_EQ(signal_count(SIGINT) + signal_count(SIGQUIT) + signal_count(SIGTSTP), 0);
}

PROBE(.promise = "Without ISIG the keys INTR, QUIT and SUSP are input and signal nobody: editors "
		 "and the client's side of ssh read them",
      .source = "man 3 termios (ISIG); POSIX.1-2017 11.2.5",
      .covers = COVERS("ioctl:TCSETS", "read:tty"), .needs = NEEDS("pty"),
      .call = {CALL_IOCTL(TCSETS)}, .setup = setup, .run = run);
