/* SPDX-License-Identifier: MIT */
#include "probe.h"
#include "lib/ttypair.h"

#define ERASE	"\x7f"
#define E_ACUTE "\xc3\xa9"
#define EURO	"\xe2\x82\xac"

static struct ttypair tty;
static struct termios attr;

static void setup(void)
{
	ttypair_open(&tty);
	attr = ttypair_attr(&tty);
	attr.c_lflag &= ~(tcflag_t)ECHO;
	attr.c_cc[VERASE] = ERASE[0];
}

static void run(void)
{
	attr.c_iflag |= IUTF8;
	REQUIRE_OK(tcsetattr(tty.slave, TCSANOW, &attr));
	ttypair_type(&tty, "a" E_ACUTE ERASE "b" EURO ERASE ERASE "c\n");
	ttypair_expect_line(&tty, "ac\n");
	attr.c_iflag &= ~(tcflag_t)IUTF8;
	REQUIRE_OK(tcsetattr(tty.slave, TCSANOW, &attr));
	ttypair_type(&tty, "a" E_ACUTE ERASE "b\n");
	ttypair_expect_line(&tty, "a\xc3"
				  "b\n");
}

PROBE(.promise = "With IUTF8, which sshd sets where its client asks for it, ERASE takes a whole "
		 "UTF-8 character from the line; without, a byte",
      .source = "man 3 termios (IUTF8); RFC 8160", .covers = COVERS("ioctl:TCSETS", "read:tty"),
      .needs = NEEDS("pty"), .call = {CALL_IOCTL(TCSETS)}, .setup = setup, .run = run);
