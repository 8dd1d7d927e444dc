/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <poll.h>

#include "probe.h"
#include "lib/ttypair.h"

#define STOP  "\x13"
#define START "\x11"

static struct ttypair tty;
static struct termios attr;

static void setup(void)
{
	ttypair_open(&tty);
	SETUP_OK(fcntl(tty.slave, F_SETFL, O_NONBLOCK));
	attr = ttypair_attr(&tty);
	attr.c_lflag &= ~(tcflag_t)ECHO;
	attr.c_cc[VSTART] = START[0];
	attr.c_cc[VSTOP] = STOP[0];
}

/* Writes until it may not; the bytes come out of the master again, since that is theirs. */
static bool stopped(void)
{
	char c = 0;

	errno = 0;
	if (write(tty.slave, "x", 1) != 1)
		return errno == EAGAIN;
	REQUIRE_EQ(read_full(tty.master, &c, 1), 1);
	REQUIRE_EQ(c, 'x');
	return false;
}

static void run(void)
{
	attr.c_iflag |= IXON;
	REQUIRE_OK(tcsetattr(tty.slave, TCSANOW, &attr));
	ttypair_type(&tty, STOP);
	REQUIRE(EVENTUALLY(stopped()), "STOP was typed, and output goes on");
	EXPECT_EQ(wait_events_ms(tty.slave, POLLOUT, 0) & POLLOUT, 0);
	EXPECT_EQ(wait_events_ms(tty.master, POLLIN, 0) & POLLIN, 0);
	ttypair_type(&tty, START);
	REQUIRE(wait_events(tty.slave, POLLOUT) & POLLOUT, "START did not let output go on");
	EXPECT_EQ(write(tty.slave, "on", 2), 2);
	ttypair_expect_shown(&tty, "on");
	/* Neither was input. */
	ttypair_type(&tty, "a\n");
	ttypair_expect_line(&tty, "a\n");
	attr.c_iflag &= ~(tcflag_t)IXON;
	REQUIRE_OK(tcsetattr(tty.slave, TCSANOW, &attr));
	ttypair_type(&tty, STOP "b\n");
	ttypair_expect_line(&tty, STOP "b\n");
	EXPECT_EQ(write(tty.slave, "on", 2), 2);
	ttypair_expect_shown(&tty, "on");
}

PROBE(.promise = "With IXON the key STOP (^S) halts output, START (^Q) lets it go on, and neither "
		 "is input; without, both are",
      .source = "man 3 termios (IXON); POSIX.1-2017 11.2.2",
      .covers = COVERS("ioctl:TCSETS", "write:tty", "poll:POLLOUT"), .needs = NEEDS("pty"),
      .call = {CALL_IOCTL(TCSETS)}, .setup = setup, .run = run);
