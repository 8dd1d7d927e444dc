/* SPDX-License-Identifier: MIT */
#include <sys/wait.h>
#include <termios.h>

#include "probe.h"
#include "lib/ttypair.h"

static struct ttypair tty;

static void setup(void)
{
	ttypair_open(&tty);
	ttypair_control(&tty);
}

static void background(void *arg)
{
	SETUP_OK(setpgid(0, 0));
	EXPECT_OK(tcdrain(tty.slave));
}

static void background_ignoring(void *arg)
{
	SETUP_OK(setpgid(0, 0));
	signal(SIGTTOU, SIG_IGN);
	EXPECT_OK(tcdrain(tty.slave));
	mark_set(0, 1);
}

static void run(void)
{
	char c = 0;

	EXPECT_EQ(write(tty.slave, "o", 1), 1);
	EXPECT_EQ(read_full(tty.master, &c, 1), 1);
	EXPECT_EQ(c, 'o');
	REQUIRE_OK(tcdrain(tty.slave));

	pid_t pid = child_start(background, NULL);
	int status = child_change(pid, WUNTRACED);

	EXPECT(status != -1 && WIFSTOPPED(status) && WSTOPSIG(status) == SIGTTOU,
	       "tcdrain from the background ended with %s, not a stop by SIGTTOU",
	       wait_name(status));
	SETUP_OK(kill(pid, SIGKILL));
	SETUP_EQ(child_join(pid), SIGKILL);
	child_end(child_start(background_ignoring, NULL));
	EXPECT(mark_get(0), "tcdrain from the background with SIGTTOU ignored did not return");
}

PROBE(.promise = "tcdrain returns 0 once output is out; from the background it draws SIGTTOU, "
		 "unless that "
		 "is ignored",
      .source = "man 3 tcdrain; POSIX.1-2017 tcdrain", .covers = COVERS("ioctl:TCSBRK"),
      .needs = NEEDS("pty"), .call = {CALL_IOCTL(TCSBRK)}, .setup = setup, .run = run);
