/* SPDX-License-Identifier: MIT */
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
	attr = ttypair_attr(&tty);
	attr.c_iflag |= IXON;
	attr.c_cc[VSTART] = START[0];
	attr.c_cc[VSTOP] = STOP[0];
	SETUP_OK(tcsetattr(tty.slave, TCSANOW, &attr));
}

static void expect_told(int what)
{
	char buf[8] = "";

	/* Who waits for POLLPRI alone may not be woken. */
	REQUIRE(wait_events(tty.master, POLLIN | POLLPRI) & POLLPRI, "no word of %d came", what);
	EXPECT_EQ(read(tty.master, buf, sizeof(buf)), 1);
	EXPECT_EQ(buf[0], what);
}

static void run(void)
{
	int on = 1;

	REQUIRE_OK(ioctl(tty.master, TIOCPKT, &on));
	ttypair_type(&tty, STOP);
	expect_told(TIOCPKT_STOP);
	ttypair_type(&tty, START);
	expect_told(TIOCPKT_START);
	attr.c_iflag &= ~(tcflag_t)IXON;
	SETUP_OK(tcsetattr(tty.slave, TCSANOW, &attr));
	expect_told(TIOCPKT_NOSTOP);
	attr.c_iflag |= IXON;
	SETUP_OK(tcsetattr(tty.slave, TCSANOW, &attr));
	expect_told(TIOCPKT_DOSTOP);
}

PROBE(.promise = "In packet mode the master is told when output is stopped and started, and "
		 "whether ^S and ^Q do that: rlogind and telnetd tell the client's side",
      .source = "man 2 TIOCPKT (tty_ioctl)", .covers = COVERS("ioctl:TIOCPKT"),
      .needs = NEEDS("pty"), .call = {CALL_IOCTL(TIOCPKT)}, .setup = setup, .run = run);
