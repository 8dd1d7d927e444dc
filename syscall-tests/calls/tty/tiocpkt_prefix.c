/* SPDX-License-Identifier: MIT */
#include <poll.h>
#include <termios.h>

#include "probe.h"
#include "lib/ttypair.h"

static struct ttypair tty;

static void setup(void)
{
	ttypair_open(&tty);
	ttypair_raw(&tty);
}

static void run(void)
{
	char buf[8] = "";
	int on = 1;

	REQUIRE_OK(ioctl(tty.master, TIOCPKT, &on));
	on = 7;
	EXPECT_OK(ioctl(tty.master, TIOCGPKT, &on));
	EXPECT_EQ(on, 1);

	EXPECT_EQ(write(tty.slave, "hi", 2), 2);
	REQUIRE(wait_events(tty.master, POLLIN) & POLLIN, "nothing to read from the master");
	EXPECT_EQ(read(tty.master, buf, sizeof(buf)), 3);
	EXPECT_BYTES(buf, "\0hi", 3);

	EXPECT_OK(tcflush(tty.slave, TCIOFLUSH));
	REQUIRE(wait_events(tty.master, POLLPRI) & POLLPRI, "no word of the flush came");
	EXPECT_EQ(read(tty.master, buf, sizeof(buf)), 1);
	EXPECT_EQ(buf[0], TIOCPKT_FLUSHREAD | TIOCPKT_FLUSHWRITE);
}

PROBE(.promise =
	      "In packet mode each read from the master begins with a byte: 0 before data, or what "
	      "happened to the slave, announced by POLLPRI",
      .source = "man 2 TIOCPKT (tty_ioctl)", .covers = COVERS("ioctl:TIOCPKT", "ioctl:TIOCGPKT"),
      .needs = NEEDS("pty"), .call = {CALL_IOCTL(TIOCPKT)}, .setup = setup, .run = run);
