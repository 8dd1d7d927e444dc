/* SPDX-License-Identifier: MIT */
#include <fcntl.h>

#include "probe.h"
#include "lib/ttypair.h"

static struct ttypair tty;

static void setup(void)
{
	ttypair_open(&tty);
	ttypair_control(&tty);
}

static void daemonised(void *arg)
{
	int fd = (int)SETUP_OK(open("/dev/tty", O_RDWR | O_CLOEXEC));

	SETUP_EQ(tcgetpgrp(fd), getpgrp());
	REQUIRE_EQ(setsid(), getpid());
	EXPECT_ERRNO(open("/dev/tty", O_RDWR | O_CLOEXEC), ENXIO);
	EXPECT_ERRNO(tcgetpgrp(tty.slave), ENOTTY);
	EXPECT_ERRNO(setsid(), EPERM);
	mark_set(0, 1);
}

static void run(void)
{
	child_end(child_start(daemonised, NULL));
	SETUP_EQ(mark_get(0), 1);
	/* The others keep it. */
	EXPECT_EQ(tcgetsid(tty.slave), getpid());
	SETUP_OK(open("/dev/tty", O_RDWR | O_CLOEXEC));
}

PROBE(.promise = "A child shares its parent's controlling terminal until it calls setsid; then it "
		 "has none, and the parent keeps it: daemon(3) relies on it",
      .source = "man 2 setsid; man 4 tty; POSIX.1-2017 setsid",
      .covers = COVERS("setsid", "openat:/dev/tty"), .needs = NEEDS("pty"),
      .call = {CALL(SYS_setsid)}, .setup = setup, .run = run);
