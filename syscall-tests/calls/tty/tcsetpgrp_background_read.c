/* SPDX-License-Identifier: MIT */
#include <sys/wait.h>
#include <termios.h>

#include "probe.h"
#include "lib/ttypair.h"

static struct ttypair tty;
static pid_t child;

static void reader(void *arg)
{
	char buf[8] = "";

	SETUP_OK(setpgid(0, 0));
	EXPECT_EQ(read(tty.slave, buf, sizeof(buf)), 3);
	EXPECT_STR(buf, "go\n");
	mark_set(0, 1);
}

static void setup(void)
{
	ttypair_open(&tty);
	ttypair_control(&tty);
	child = child_start(reader, NULL);
}

static void run(void)
{
	int status = child_change(child, WUNTRACED);
	pid_t group = -1;

	REQUIRE(status != -1 && WIFSTOPPED(status) && WSTOPSIG(status) == SIGTTIN,
		"reading from the background ended with %s, not a stop by SIGTTIN",
		wait_name(status));
	REQUIRE_OK(tcsetpgrp(tty.slave, child));
	REQUIRE_OK(ioctl(tty.slave, TIOCGPGRP, &group));
	EXPECT_EQ(group, child);
	ttypair_type(&tty, "go\n");
	REQUIRE_OK(kill(child, SIGCONT));
	status = child_change(child, WUNTRACED);
	EXPECT(status != -1 && WIFEXITED(status) && mark_get(0),
	       "in the foreground the reader did not read: %s", wait_name(status));
}

PROBE(.promise = "A background process that reads the terminal is stopped by SIGTTIN; moved to the "
		 "foreground by tcsetpgrp and continued, it reads",
      .source = "man 3 tcsetpgrp; POSIX.1-2017 11.1.4",
      .covers = COVERS("ioctl:TIOCSPGRP", "ioctl:TIOCGPGRP", "wait4:WUNTRACED"),
      .needs = NEEDS("pty"), .call = {CALL_IOCTL(TIOCSPGRP)}, .setup = setup, .run = run);
