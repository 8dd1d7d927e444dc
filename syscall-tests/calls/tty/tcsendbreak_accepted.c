/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <termios.h>

#include "probe.h"
#include "lib/ttypair.h"

static struct ttypair tty;
static int null_fd;

static void setup(void)
{
	ttypair_open(&tty);
	null_fd = (int)SETUP_OK(open("/dev/null", O_RDWR | O_CLOEXEC));
}

static void run(void)
{
	/* What sshd does when the client asks for a break. */
	REQUIRE_OK(tcsendbreak(tty.master, 0));
	REQUIRE_OK(tcsendbreak(tty.slave, 0));
	EXPECT_ERRNO(tcsendbreak(null_fd, 0), ENOTTY);
	SETUP_OK(close(tty.master));
	EXPECT_ERRNO(tcsendbreak(tty.slave, 0), EIO);
}

PROBE(.promise =
	      "Asking a pseudoterminal for a break succeeds without effect; ENOTTY on what is no "
	      "terminal, EIO after a hangup",
      .source = "man 3 tcsendbreak; man 2 TCSBRK (tty_ioctl)", .covers = COVERS("ioctl:TCSBRK"),
      .needs = NEEDS("pty"), .call = {CALL_IOCTL(TCSBRK)}, .setup = setup, .run = run);
