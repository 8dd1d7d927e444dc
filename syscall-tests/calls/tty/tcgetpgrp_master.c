/* SPDX-License-Identifier: MIT */
#include <termios.h>

#include "probe.h"
#include "lib/ttypair.h"

static struct ttypair tty;
static pid_t child;

static void job(void *arg)
{
	while (!mark_get(0) && patience_ms() > 1)
		pause_briefly();
}

static void setup(void)
{
	ttypair_open(&tty);
	ttypair_control(&tty);
	child = child_start(job, NULL);
	SETUP_OK(setpgid(child, child));
	SETUP_OK(tcsetpgrp(tty.slave, child));
}

static void run(void)
{
	pid_t group = -1, session = -1;

	EXPECT_OK(ioctl(tty.master, TIOCGPGRP, &group));
	EXPECT_EQ(group, child);
	EXPECT_OK(ioctl(tty.master, TIOCGSID, &session));
	EXPECT_EQ(session, getpid());
	mark_set(0, 1);
	child_end(child);
}

PROBE(.promise = "On the master, TIOCGPGRP and TIOCGSID tell the slave's foreground group and "
		 "session, "
		 "though the master is nobody's terminal",
      .source = "man 2 TIOCGPGRP (tty_ioctl); man 7 pty",
      .covers = COVERS("ioctl:TIOCGPGRP", "ioctl:TIOCGSID"), .needs = NEEDS("pty"),
      .call = {CALL_IOCTL(TIOCGPGRP), CALL_IOCTL(TIOCGSID)}, .setup = setup, .run = run);
