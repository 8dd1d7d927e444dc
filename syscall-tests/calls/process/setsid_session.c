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

static void daemon_to_be(void *arg)
{
	EXPECT_EQ(getsid(0), getppid());
	EXPECT_EQ(tcgetpgrp((int)EXPECT_OK(open("/dev/tty", O_RDWR))), getpgid(0));
	REQUIRE_EQ(setsid(), getpid());
	EXPECT_EQ(getsid(0), getpid());
	EXPECT_EQ(getpgid(0), getpid());
	EXPECT_ERRNO(open("/dev/tty", O_RDWR), ENXIO);
	EXPECT_ERRNO(setsid(), EPERM);
}

static void run(void)
{
	EXPECT_ERRNO(setsid(), EPERM);
	child_end(child_start(daemon_to_be, NULL));
}

PROBE(.promise =
	      "setsid makes a session and group of one without a terminal; the leader of a group "
	      "cannot",
      .source = "man 2 setsid; POSIX.1-2017 setsid",
      .covers = COVERS("setsid", "getsid", "getpgid", "openat:/dev/tty"), .needs = NEEDS("pty"),
      .call = {CALL(SYS_setsid)}, .setup = setup, .run = run);
