/* SPDX-License-Identifier: MIT */
#include "probe.h"
#include "lib/ttypair.h"

static struct ttypair tty;

static void setup(void)
{
	ttypair_open(&tty);
}

static void expect_line(const char *text, ssize_t len)
{
	char buf[32] = "";

	EXPECT_EQ(read_full(tty.slave, buf, (size_t)len), len);
	EXPECT_STR(buf, text);
}

static void run(void)
{
	struct termios t;

	ttypair_type(&tty, "hi\n");
	expect_line("hi\n", 3);
	ttypair_expect_shown(&tty, "hi\r\n");
	t = ttypair_attr(&tty);
	SETUP(t.c_lflag & ECHO, "a fresh terminal does not echo");
	t.c_lflag &= ~(tcflag_t)ECHO;
	REQUIRE_OK(tcsetattr(tty.slave, TCSANOW, &t));
	ttypair_type(&tty, "secret\n");
	expect_line("secret\n", 7);
	/* Had it been echoed, that would come first. */
	SETUP_EQ(write(tty.slave, "ok", 2), 2);
	ttypair_expect_shown(&tty, "ok");
	t.c_lflag |= ECHO;
	REQUIRE_OK(tcsetattr(tty.slave, TCSANOW, &t));
	ttypair_type(&tty, "x\n");
	ttypair_expect_shown(&tty, "x\r\n");
}

PROBE(.promise = "What is typed is echoed to the master while ECHO is set and not otherwise: "
		 "passwords stay unseen",
      .source = "man 3 termios (ECHO); POSIX.1-2017 11.2.5",
      .covers = COVERS("ioctl:TCSETS", "read:ptmx"), .needs = NEEDS("pty"),
      .call = {CALL_IOCTL(TCSETS)}, .setup = setup, .run = run);
