/* SPDX-License-Identifier: MIT */
#include "probe.h"
#include "lib/ttypair.h"

static struct ttypair tty;
static pid_t pid;

static void reader(void *arg)
{
	ssize_t n;
	char c;

	interrupt_when_late();
	SETUP_OK(close(tty.master));
	mark_set(0, 1);
	errno = 0;
	n = read(tty.slave, &c, 1);
	/* Which of the two it is hangs on how far the hangup was. */
	EXPECT(n == 0 || (n == -1 && errno == EIO), "the read gave %s",
	       n == 1 ? "a byte" : errno_name(errno));
}

static void setup(void)
{
	ttypair_open(&tty);
	pid = child_start(reader, NULL);
	SETUP(mark_wait(0), "the helper process did not start");
	/* Time to get into read. */
	pause_briefly();
}

static void run(void)
{
	REQUIRE_OK(close(tty.master));
	child_end(pid);
}

PROBE(.promise = "A read of the slave that waits ends when the master is closed: so a shell learns "
		 "that its window is gone",
      .source = "man 7 pty; POSIX.1-2017 11.1.10", .covers = COVERS("close:ptmx", "read:tty"),
      .needs = NEEDS("pty"), .call = {CALL(SYS_close)}, .setup = setup, .run = run);
