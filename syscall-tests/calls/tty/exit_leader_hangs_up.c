/* SPDX-License-Identifier: MIT */
#include "probe.h"
#include "lib/ttypair.h"

enum { READY, HUNG_UP, LEADER };

static struct ttypair tty;

static void setup(void)
{
	ttypair_open(&tty);
}

static void job(void)
{
	signal_watch(SIGHUP);
	mark_set(READY, 1);
	if (EVENTUALLY(signal_count(SIGHUP) > 0))
		mark_set(HUNG_UP, 1);
	_exit(0);
}

static void leader(void *arg)
{
	pid_t pid;

	SETUP_OK(setsid());
	mark_set(LEADER, getsid(0));
	ttypair_control(&tty);
	pid = (pid_t)SETUP_OK(fork());
	if (pid == 0)
		job();
	child_remember(pid);
	SETUP_OK(setpgid(pid, pid));
	REQUIRE_OK(tcsetpgrp(tty.slave, pid));
	SETUP(mark_wait(READY), "the job did not start");
	SETUP_EQ(mark_get(HUNG_UP), 0);
}

static void run(void)
{
	pid_t pid = child_start(leader, NULL);

	child_end(pid);
	EXPECT_EQ(mark_get(LEADER), pid);
	EXPECT(mark_wait(HUNG_UP), "the foreground group got no SIGHUP when the leader ended");
	/* The terminal is free for another session. */
	REQUIRE_OK(ioctl(tty.slave, TIOCSCTTY, 0));
	EXPECT_EQ(tcgetsid(tty.slave), getpid());
}

PROBE(.promise = "When a session leader ends, the foreground group of its terminal gets SIGHUP, "
		 "and another session may have the terminal",
      .source = "POSIX.1-2017 _Exit; man 7 credentials",
      .covers = COVERS("exit_group", "ioctl:TIOCSCTTY"), .needs = NEEDS("pty"),
      .call = {CALL_IOCTL(TIOCSPGRP)}, .setup = setup, .run = run);
