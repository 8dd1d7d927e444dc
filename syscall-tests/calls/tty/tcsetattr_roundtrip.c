/* SPDX-License-Identifier: MIT */
#include <termios.h>

#include "probe.h"
#include "lib/ttypair.h"

static struct ttypair tty;
static struct termios before;

static void setup(void)
{
	ttypair_open(&tty);
	before = ttypair_attr(&tty);
}

static void expect_same(int fd, const struct termios *set)
{
	struct termios got = {0};

	EXPECT_OK(tcgetattr(fd, &got));
	EXPECT_EQ(got.c_iflag, set->c_iflag);
	EXPECT_EQ(got.c_oflag, set->c_oflag);
	EXPECT_EQ(got.c_lflag, set->c_lflag);
	EXPECT_EQ(cfgetospeed(&got), B9600);
	EXPECT_BYTES(got.c_cc, set->c_cc, 17);
}

static void run(void)
{
	struct termios set = before;

	set.c_iflag = (set.c_iflag | IGNPAR | INLCR | IXANY) & ~(tcflag_t)(ICRNL | IXON);
	set.c_oflag &= ~(tcflag_t)ONLCR;
	set.c_lflag = (set.c_lflag | NOFLSH | TOSTOP) & ~(tcflag_t)(ECHO | ICANON);
	set.c_cc[VMIN] = 7;
	set.c_cc[VTIME] = 9;
	set.c_cc[VINTR] = 'i';
	set.c_cc[VSUSP] = _POSIX_VDISABLE;
	cfsetospeed(&set, B9600);
	REQUIRE_OK(tcsetattr(tty.slave, TCSANOW, &set));
	expect_same(tty.slave, &set);
	/* Both ends have the slave's attributes: that is how sshd sets the modes of a session. */
	expect_same(tty.master, &set);
	set.c_cc[VMIN] = 2;
	REQUIRE_OK(tcsetattr(tty.master, TCSANOW, &set));
	expect_same(tty.slave, &set);
}

PROBE(.promise = "tcsetattr sets every flag, speed and control character given, and both ends of a "
		 "pseudoterminal show them",
      .source = "man 3 termios; POSIX.1-2017 tcsetattr",
      .covers = COVERS("ioctl:TCSETS", "ioctl:TCGETS"), .needs = NEEDS("pty"),
      .call = {CALL_IOCTL(TCSETS)}, .setup = setup, .run = run);
