/* SPDX-License-Identifier: MIT */
#include <sys/wait.h>
#include <termios.h>

#include "probe.h"
#include "lib/ttypair.h"

static struct ttypair tty;
static pid_t job;

static void in_front(void *arg)
{
	mark_set(0, 1);
	EVENTUALLY(mark_get(1));
}

static void setup(void)
{
	ttypair_open(&tty);
	ttypair_control(&tty);
	job = child_start(in_front, NULL);
	SETUP_OK(setpgid(job, job));
	SETUP_OK(tcsetpgrp(tty.slave, job));
	SETUP(mark_wait(0), "the helper process did not start");
}

static void run(void)
{
	EXPECT_EQ(write(tty.master, "\x1a", 1), 1);

	int status = child_change(job, WUNTRACED);

	REQUIRE(status != -1 && WIFSTOPPED(status), "the job did not stop: %s", wait_name(status));
	EXPECT_EQ(WSTOPSIG(status), SIGTSTP);
	EXPECT_OK(kill(-job, SIGCONT));
	status = child_change(job, WCONTINUED);
	EXPECT(status != -1 && WIFCONTINUED(status), "its going on was not reported, but %s",
	       wait_name(status));
	mark_set(1, 1);
	status = child_join(job);
	EXPECT(WIFEXITED(status), "it ended with %s", wait_name(status));
}

PROBE(.promise = "SUSP typed on a terminal stops the foreground group with SIGTSTP; SIGCONT makes "
		 "it go "
		 "on, and waitpid reports both",
      .source = "man 3 termios, ISIG; man 2 waitpid",
      .covers = COVERS("write:ptmx", "wait4:WUNTRACED", "wait4:WCONTINUED"), .needs = NEEDS("pty"),
      .call = {CALL(SYS_write)}, .setup = setup, .run = run);
