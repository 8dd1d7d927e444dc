/* SPDX-License-Identifier: MIT */
#include <termios.h>

#include "probe.h"
#include "lib/ttypair.h"

static struct ttypair ours, other;
static pid_t stranger;

static void other_session(void *arg)
{
	SETUP_OK(setsid());
	mark_set(0, 1);
	while (!mark_get(1) && patience_ms() > 1)
		pause_briefly();
}

static void setup(void)
{
	ttypair_open(&ours);
	ttypair_open(&other);
	ttypair_control(&ours);
	stranger = child_start(other_session, NULL);
	SETUP(mark_wait(0), "the helper process did not start a session");
}

static void run(void)
{
	pid_t none = -1;

	EXPECT_ERRNO(tcsetpgrp(ours.slave, stranger), EPERM);
	EXPECT_ERRNO(tcsetpgrp(other.slave, getpgrp()), ENOTTY);
	EXPECT_ERRNO(ioctl(ours.slave, TIOCSPGRP, &none), EINVAL);
	EXPECT_EQ(tcgetpgrp(ours.slave), getpgrp());
	mark_set(1, 1);
	child_end(stranger);
}

PROBE(.promise = "tcsetpgrp refuses a group of another session (EPERM), a terminal that is not the "
		 "caller's (ENOTTY), and a negative group (EINVAL)",
      .source = "man 3 tcsetpgrp; POSIX.1-2017 tcsetpgrp", .covers = COVERS("ioctl:TIOCSPGRP"),
      .needs = NEEDS("pty"), .call = {CALL_IOCTL(TIOCSPGRP)}, .setup = setup, .run = run);
