/* SPDX-License-Identifier: MIT */
#include <sys/wait.h>

#include "probe.h"
#include "lib/ttypair.h"

enum { FRONT, DONE, OVER };

static struct ttypair tty;

static void setup(void)
{
	ttypair_open(&tty);
	ttypair_control(&tty);
	ttypair_type(&tty, "x\n");
}

static void ignoring(void *arg)
{
	char buf[8];

	SETUP_OK(setpgid(0, 0));
	SETUP(signal(SIGTTIN, SIG_IGN) != SIG_ERR, "SIGTTIN cannot be ignored");
	EXPECT_ERRNO(read(tty.slave, buf, sizeof(buf)), EIO);
	mark_set(DONE, 1);
}

static void in_front(void *arg)
{
	mark_wait(OVER);
}

/* Nobody of its session is left above it who could continue it. */
static void orphaned(void *arg)
{
	struct ttypair own;
	char buf[8];
	pid_t front;

	interrupt_when_late();
	SETUP_OK(setsid());
	ttypair_open(&own);
	ttypair_control(&own);
	front = child_start(in_front, NULL);
	SETUP_OK(setpgid(front, front));
	SETUP_OK(tcsetpgrp(own.slave, front));
	EXPECT_ERRNO(read(own.slave, buf, sizeof(buf)), EIO);
	mark_set(OVER, 1);
	child_end(front);
	mark_set(DONE, 1);
}

static void expect_eio(void (*reader)(void *), const char *words)
{
	pid_t pid;
	int status;

	mark_set(DONE, 0);
	pid = child_start(reader, NULL);
	status = child_change(pid, WUNTRACED);
	EXPECT(status == 0 && mark_get(DONE), "%s that reads from the background saw %s, not EIO",
	       words, status == -1 ? "no answer" : wait_name(status));
	if (status == -1 || WIFSTOPPED(status))
		SETUP_OK(kill(pid, SIGKILL));
}

static void run(void)
{
	expect_eio(ignoring, "a process ignoring SIGTTIN");
	expect_eio(orphaned, "a process of an orphaned group");
}

PROBE(.promise = "Reading the terminal from the background fails with EIO where SIGTTIN is ignored "
		 "or the group is orphaned, so that nobody is stopped for ever",
      .source = "POSIX.1-2017 11.1.4; man 2 read (EIO)", .covers = COVERS("read:tty", "read:EIO"),
      .needs = NEEDS("pty"), .call = {CALL(SYS_read)}, .setup = setup, .run = run);
