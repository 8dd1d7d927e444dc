/* SPDX-License-Identifier: MIT */
#include "probe.h"
#include "lib/ttypair.h"

static struct ttypair tty;

static void setup(void)
{
	ttypair_open(&tty);
	ttypair_control(&tty);
	signal_watch(SIGWINCH);
}

static void run(void)
{
	struct winsize set = {.ws_row = 47, .ws_col = 131, .ws_xpixel = 5, .ws_ypixel = 6};
	struct winsize got = {0};

	REQUIRE_OK(ioctl(tty.master, TIOCSWINSZ, &set));
	EXPECT_OK(ioctl(tty.slave, TIOCGWINSZ, &got));
	EXPECT_EQ(got.ws_row, 47);
	EXPECT_EQ(got.ws_col, 131);
	EXPECT_EQ(got.ws_xpixel, 5);
	EXPECT_EQ(got.ws_ypixel, 6);
	EXPECT(EVENTUALLY(signal_count(SIGWINCH) > 0),
	       "no SIGWINCH reached the foreground process group");
}

PROBE(.promise = "Setting the window size on the master changes it on the slave, and the "
		 "foreground process group gets SIGWINCH",
      .source = "man 2 TIOCSWINSZ (tty_ioctl)",
      .covers = COVERS("ioctl:TIOCSWINSZ", "ioctl:TIOCGWINSZ"), .needs = NEEDS("pty"),
      .call = {CALL_IOCTL(TIOCSWINSZ)}, .setup = setup, .run = run);
