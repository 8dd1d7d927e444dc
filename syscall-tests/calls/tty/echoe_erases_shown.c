/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "probe.h"
#include "lib/ttypair.h"

#define ERASE "\x7f"
#define KILL  "\x15"

static struct ttypair tty;
static struct termios attr;

static void setup(void)
{
	ttypair_open(&tty);
	attr = ttypair_attr(&tty);
	attr.c_lflag &= ~(tcflag_t)(ECHOE | ECHOK | ECHOKE | ECHOPRT);
	attr.c_cc[VERASE] = ERASE[0];
	attr.c_cc[VKILL] = KILL[0];
	SETUP_OK(tcsetattr(tty.slave, TCSANOW, &attr));
}

/* What a screen shows in its first line when it is sent this, blanks at its end left out. */
static const char *screen(const char *sent)
{
	static char line[64];
	size_t at = 0, len;

	memset(line, ' ', sizeof(line));
	line[sizeof(line) - 1] = '\0';
	for (; *sent && *sent != '\r' && at < sizeof(line) - 1; sent++)
		if (*sent != '\b')
			line[at++] = *sent;
		else if (at)
			at--;
	for (len = sizeof(line) - 1; len && line[len - 1] == ' ';)
		line[--len] = '\0';
	return line;
}

static void expect_screen(const char *keys, const char *shown)
{
	char echo[64] = "";
	size_t len = 0;

	ttypair_type(&tty, keys);
	while (len < sizeof(echo) - 1 && !strchr(echo, '\n') &&
	       read_full(tty.master, echo + len, 1) == 1)
		len++;
	EXPECT_STR(screen(echo), shown);
}

static void run(void)
{
	attr.c_lflag |= ECHO | ECHOE | ECHOK | ECHOKE;
	REQUIRE_OK(tcsetattr(tty.slave, TCSANOW, &attr));
	expect_screen("cat x" ERASE ERASE ERASE "p\n", "cap");
	ttypair_expect_line(&tty, "cap\n");
	expect_screen("wrong" KILL "ok\n", "ok");
	ttypair_expect_line(&tty, "ok\n");
}

PROBE(.promise = "With ECHOE and ECHOKE, what ERASE and KILL take from the line goes from the "
		 "screen too",
      .source = "man 3 termios (ECHOE, ECHOKE); POSIX.1-2017 11.2.5",
      .covers = COVERS("ioctl:TCSETS", "read:ptmx"), .needs = NEEDS("pty"),
      .call = {CALL_IOCTL(TCSETS)}, .setup = setup, .run = run);
