/* SPDX-License-Identifier: MIT */
#include <termios.h>

#include "probe.h"
#include "lib/ttypair.h"

struct kernel_termios2 {
	unsigned iflag, oflag, cflag, lflag;
	unsigned char line, cc[19];
	unsigned ispeed, ospeed;
};

#define GETS2 _IOR('T', 0x2A, struct kernel_termios2)
#define SETS2 _IOW('T', 0x2B, struct kernel_termios2)

enum { ANY_SPEED = 0x1000, SPEED_MASK = 0x100f };

static struct ttypair tty;

static void setup(void)
{
	ttypair_open(&tty);
}

static void run(void)
{
	struct kernel_termios2 *t = guard_buf(sizeof(*t));

	*t = (struct kernel_termios2){0};
	REQUIRE_OK(ioctl(tty.slave, GETS2, t));
	EXPECT_EQ(t->ospeed, 38400);
	EXPECT_EQ(t->ispeed, 38400);
	EXPECT_EQ(t->cflag & SPEED_MASK, B38400);

	t->cflag = (t->cflag & ~(unsigned)SPEED_MASK) | ANY_SPEED;
	t->ospeed = t->ispeed = 12345;
	REQUIRE_OK(ioctl(tty.slave, SETS2, t));
	*t = (struct kernel_termios2){0};
	REQUIRE_OK(ioctl(tty.slave, GETS2, t));
	EXPECT_EQ(t->ospeed, 12345);
	EXPECT_EQ(t->cflag & SPEED_MASK, ANY_SPEED);
}

PROBE(.promise = "TCGETS2 and TCSETS2 carry speeds as numbers; recent libraries use them for "
		 "tcgetattr",
      .source = "man 2 TCGETS2 (tty_ioctl)", .covers = COVERS("ioctl:TCGETS2", "ioctl:TCSETS2"),
      .needs = NEEDS("pty"), .call = {CALL_IOCTL(GETS2), CALL_IOCTL(SETS2)}, .setup = setup,
      .run = run);
