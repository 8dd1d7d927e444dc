/* SPDX-License-Identifier: MIT */
#include "probe.h"
#include "lib/ttypair.h"

static struct ttypair ours, other;

static void setup(void)
{
	ttypair_open(&ours);
	ttypair_open(&other);
	ttypair_control(&ours);
}

static void not_leader(void *arg)
{
	EXPECT_ERRNO(ioctl(other.slave, TIOCSCTTY, 0), EPERM);
}

static void other_session(void *arg)
{
	SETUP_EQ(setsid(), getpid());
	SETUP_EQ(getsid(0), getpid());
	EXPECT_ERRNO(ioctl(ours.slave, TIOCSCTTY, 0), EPERM);
}

static void run(void)
{
	/* We have a terminal already. */
	EXPECT_ERRNO(ioctl(other.slave, TIOCSCTTY, 0), EPERM);
	child_end(child_start(not_leader, NULL));
	child_end(child_start(other_session, NULL));
}

PROBE(.promise = "TIOCSCTTY is refused with EPERM to a leader who has a terminal, to a process "
		 "that is "
		 "not a leader, and for a terminal that controls another session",
      .source = "man 2 TIOCSCTTY (tty_ioctl)", .covers = COVERS("ioctl:TIOCSCTTY", "setsid"),
      .needs = NEEDS("pty"), .call = {CALL_IOCTL(TIOCSCTTY)}, .setup = setup, .run = run);
