/* SPDX-License-Identifier: MIT */
#include "probe.h"
#include "lib/ttypair.h"

#define WERASE "\x17"
#define LNEXT  "\x16"
#define INTR   "\x03"

static struct ttypair tty;
static struct termios attr;

static void setup(void)
{
	ttypair_open(&tty);
	attr = ttypair_attr(&tty);
	attr.c_lflag &= ~(tcflag_t)ECHO;
	attr.c_cc[VWERASE] = WERASE[0];
	attr.c_cc[VLNEXT] = LNEXT[0];
	attr.c_cc[VINTR] = INTR[0];
}

static void run(void)
{
	attr.c_lflag |= IEXTEN;
	REQUIRE_OK(tcsetattr(tty.slave, TCSANOW, &attr));
	ttypair_type(&tty, "one two" WERASE "three\n");
	ttypair_expect_line(&tty, "one three\n");
	ttypair_type(&tty, "a" LNEXT INTR LNEXT WERASE "b\n");
	ttypair_expect_line(&tty, "a" INTR WERASE "b\n");
	attr.c_lflag &= ~(tcflag_t)IEXTEN;
	REQUIRE_OK(tcsetattr(tty.slave, TCSANOW, &attr));
	ttypair_type(&tty, "a b" WERASE LNEXT "c\n");
	ttypair_expect_line(&tty, "a b" WERASE LNEXT "c\n");
}

PROBE(.promise = "With IEXTEN, WERASE erases a word and LNEXT takes the meaning from the key after "
		 "it; without, both are input",
      .source = "man 3 termios (IEXTEN, VWERASE, VLNEXT)",
      .covers = COVERS("ioctl:TCSETS", "read:tty"), .needs = NEEDS("pty"),
      .call = {CALL_IOCTL(TCSETS)}, .setup = setup, .run = run);
