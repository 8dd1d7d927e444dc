/* SPDX-License-Identifier: MIT */
#include <sys/wait.h>
#include <termios.h>

#include "probe.h"
#include "lib/ttypair.h"

static struct ttypair tty;
static struct termios attr;

static void setup(void)
{
	ttypair_open(&tty);
	ttypair_control(&tty);
	attr = ttypair_attr(&tty);
}

static void background(void *arg)
{
	SETUP_OK(setpgid(0, 0));
	EXPECT_EQ(write(tty.slave, "x", 1), 1);
}

static void run(void)
{
	char c = 0;

	attr.c_lflag &= ~(tcflag_t)TOSTOP;
	REQUIRE_OK(tcsetattr(tty.slave, TCSANOW, &attr));
	child_end(child_start(background, NULL));
	EXPECT_EQ(read_full(tty.master, &c, 1), 1);
	EXPECT_EQ(c, 'x');

	attr.c_lflag |= TOSTOP;
	REQUIRE_OK(tcsetattr(tty.slave, TCSANOW, &attr));

	pid_t pid = child_start(background, NULL);
	int status = child_change(pid, WUNTRACED);

	EXPECT(status != -1 && WIFSTOPPED(status) && WSTOPSIG(status) == SIGTTOU,
	       "with TOSTOP a background write gave %s, not a stop by SIGTTOU", wait_name(status));
	SETUP_OK(kill(pid, SIGKILL));
	SETUP_EQ(child_join(pid), SIGKILL);
}

PROBE(.promise = "A background process may write to its terminal, unless TOSTOP is set: then it is "
		 "stopped by SIGTTOU",
      .source = "man 3 termios, TOSTOP; POSIX.1-2017 11.1.4",
      .covers = COVERS("ioctl:TCSETS", "write:tty"), .needs = NEEDS("pty"),
      .call = {CALL_IOCTL(TCSETS)}, .setup = setup, .run = run);
