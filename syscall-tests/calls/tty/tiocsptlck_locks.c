/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdio.h>

#include "probe.h"
#include "lib/ttypair.h"

static int master;
static char path[32];

static void setup(void)
{
	unsigned number = 0;

	master = (int)SETUP_OK(open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC));
	SETUP_OK(ioctl(master, TIOCGPTN, &number));
	snprintf(path, sizeof(path), "/dev/pts/%u", number);
}

static void run(void)
{
	int lock = 0;

	EXPECT_ERRNO(open(path, O_RDWR | O_NOCTTY), EIO);
	REQUIRE_OK(ioctl(master, TIOCSPTLCK, &lock));
	EXPECT(ttypair_is_slave((int)EXPECT_OK(open(path, O_RDWR | O_NOCTTY))),
	       "what was opened is no slave of a pty");

	lock = 1;
	REQUIRE_OK(ioctl(master, TIOCSPTLCK, &lock));
	EXPECT_ERRNO(open(path, O_RDWR | O_NOCTTY), EIO);
	lock = 7;
	EXPECT_OK(ioctl(master, TIOCGPTLCK, &lock));
	EXPECT_EQ(lock, 1);
}

PROBE(.promise =
	      "A slave cannot be opened until TIOCSPTLCK with 0 unlocks it, nor once it is locked "
	      "again",
      .source = "man 3 unlockpt; man 2 TIOCSPTLCK (tty_ioctl)",
      .covers = COVERS("ioctl:TIOCSPTLCK", "ioctl:TIOCGPTLCK"), .needs = NEEDS("pty"),
      .call = {CALL_IOCTL(TIOCSPTLCK)}, .setup = setup, .run = run);
