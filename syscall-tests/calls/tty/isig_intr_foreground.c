/* SPDX-License-Identifier: MIT */
#include <poll.h>
#include <termios.h>

#include "probe.h"
#include "lib/ttypair.h"

enum { READY_FRONT, READY_BACK, GOT_INT, GOT_QUIT, BACK_GOT, STOP };

static struct ttypair tty;
static pid_t front, back;

static void front_job(void *arg)
{
	SETUP_OK(setpgid(0, 0));
	signal_watch(SIGINT);
	signal_watch(SIGQUIT);
	mark_set(READY_FRONT, 1);
	EVENTUALLY(mark_get(STOP) || (signal_count(SIGINT) && signal_count(SIGQUIT)));
	mark_set(GOT_INT, signal_count(SIGINT));
	mark_set(GOT_QUIT, signal_count(SIGQUIT));
}

static void back_job(void *arg)
{
	SETUP_OK(setpgid(0, 0));
	signal_watch(SIGINT);
	signal_watch(SIGQUIT);
	mark_set(READY_BACK, 1);
	EVENTUALLY(mark_get(STOP));
	mark_set(BACK_GOT, signal_count(SIGINT) + signal_count(SIGQUIT));
}

static void setup(void)
{
	ttypair_open(&tty);
	ttypair_control(&tty);
	signal_watch(SIGINT);
	signal_watch(SIGQUIT);
	front = child_start(front_job, NULL);
	back = child_start(back_job, NULL);
	SETUP(mark_wait(READY_FRONT) && mark_wait(READY_BACK), "helper processes did not start");
	SETUP_OK(tcsetpgrp(tty.slave, front));
}

static void run(void)
{
	EXPECT_EQ(write(tty.master, "lost\x03", 5), 5);
	EXPECT_EQ(write(tty.master, "\x1c", 1), 1);
	child_end(front);
	EXPECT_EQ(mark_get(GOT_INT), 1);
	EXPECT_EQ(mark_get(GOT_QUIT), 1);
	EXPECT_EQ(signal_count(SIGINT) + signal_count(SIGQUIT), 0);
	mark_set(STOP, 1);
	child_end(back);
	EXPECT_EQ(mark_get(BACK_GOT), 0);
	/* Input before the interrupt is gone. */
	EXPECT_EQ(wait_events_ms(tty.slave, POLLIN, 0) & POLLIN, 0);
	EXPECT_EQ(write(tty.master, "new\n", 4), 4);
	EXPECT(wait_events(tty.slave, POLLIN) & POLLIN, "input after it never came");
}

PROBE(.promise =
	      "INTR and QUIT typed on a terminal signal the foreground group only, once each, and "
	      "discard pending input",
      .source = "man 3 termios, ISIG; POSIX.1-2017 11.1.9",
      .covers = COVERS("write:ptmx", "ioctl:TIOCSPGRP"), .needs = NEEDS("pty"),
      .call = {CALL(SYS_write)}, .setup = setup, .run = run);
