/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sys/stat.h>

#include "probe.h"
#include "lib/ttypair.h"
#include "lib/user.h"

static struct ttypair tty;

static void setup(void)
{
	ttypair_open(&tty);
	SETUP_OK(chmod(tty.name, 0666));
}

static void open_busy(void *arg)
{
	EXPECT_ERRNO(open(tty.name, O_RDWR | O_NOCTTY), EBUSY);
}

static void open_free(void *arg)
{
	EXPECT(ttypair_is_slave((int)EXPECT_OK(open(tty.name, O_RDWR | O_NOCTTY))),
	       "what was opened is no slave of a pty");
}

static void run(void)
{
	int exclusive = -1;

	REQUIRE_OK(ioctl(tty.slave, TIOCEXCL));
	EXPECT_OK(ioctl(tty.slave, TIOCGEXCL, &exclusive));
	EXPECT_EQ(exclusive, 1);
	as_user(open_busy, NULL);
	REQUIRE_OK(ioctl(tty.slave, TIOCNXCL));
	as_user(open_free, NULL);
}

PROBE(.promise = "In exclusive mode a terminal cannot be opened again (EBUSY) but by a privileged "
		 "process",
      .source = "man 2 TIOCEXCL (tty_ioctl)",
      .covers = COVERS("ioctl:TIOCEXCL", "ioctl:TIOCNXCL", "ioctl:TIOCGEXCL"),
      .needs = NEEDS("pty", "root"), .call = {CALL_IOCTL(TIOCEXCL)}, .setup = setup, .run = run);
