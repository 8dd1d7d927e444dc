/* SPDX-License-Identifier: MIT */
#include <termios.h>

#include "probe.h"
#include "lib/ttypair.h"

/* What the kernel writes; libc's own structure is larger. */
struct kernel_termios {
	unsigned iflag, oflag, cflag, lflag;
	unsigned char line, cc[19];
};

static struct ttypair tty;
static struct kernel_termios *got;

static void setup(void)
{
	ttypair_open(&tty);
	got = guard_buf(sizeof(*got));
	*got = (struct kernel_termios){0};
}

static void run(void)
{
	static const unsigned lflag = ISIG | ICANON | ECHO | ECHOE | ECHOK | IEXTEN;
	static const struct {
		int at;
		int value;
	} cc[] = {{VINTR, 3}, {VQUIT, 28},  {VERASE, 127}, {VKILL, 21},
		  {VEOF, 4},  {VSTART, 17}, {VSTOP, 19},   {VSUSP, 26}};

	REQUIRE_OK(ioctl(tty.slave, TCGETS, got));
	EXPECT_EQ(got->iflag & (ICRNL | IXON | IGNCR | INLCR), ICRNL | IXON);
	EXPECT_EQ(got->oflag & (OPOST | ONLCR | OCRNL), OPOST | ONLCR);
	EXPECT_EQ(got->cflag & (CSIZE | CREAD | PARENB), CS8 | CREAD);
	EXPECT_EQ(got->cflag & 0x100f, B38400);
	EXPECT_EQ(got->lflag & (lflag | TOSTOP | NOFLSH), lflag);
	EXPECT_EQ(got->line, 0);
	for (size_t i = 0; i < sizeof(cc) / sizeof(cc[0]); i++)
		EXPECT(got->cc[cc[i].at] == cc[i].value, "control character %d is %d, expected %d",
		       cc[i].at, got->cc[cc[i].at], cc[i].value);
}

PROBE(.promise =
	      "A fresh pseudoterminal is ready for a person: canonical, echoing, with signals and "
	      "newline mapping, 8 bits, 38400 baud, the customary control characters",
      .source = "man 3 termios; Linux tty_std_termios, which shells and sshd start from",
      .covers = COVERS("ioctl:TCGETS"), .needs = NEEDS("pty"), .call = {CALL_IOCTL(TCGETS)},
      .setup = setup, .run = run);
