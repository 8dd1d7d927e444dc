/* SPDX-License-Identifier: MIT */
#include <sys/wait.h>

#include "probe.h"

static int fds[2];

static void setup(void)
{
	SETUP_OK(pipe(fds));
}

static void reader(void *arg)
{
	char c = 0;

	mark_set(0, 1);
	EXPECT_EQ(read(fds[0], &c, 1), 1);
	EXPECT_EQ(c, 'x');
}

static void run(void)
{
	pid_t pid = child_start(reader, NULL);
	int status;

	SETUP(mark_wait(0), "the helper process did not start");
	/* Time to get into read. */
	pause_briefly();
	SETUP_OK(kill(pid, SIGSTOP));
	status = child_change(pid, WUNTRACED);
	SETUP(status != -1 && WIFSTOPPED(status), "SIGSTOP gave %s", wait_name(status));
	SETUP_OK(kill(pid, SIGCONT));
	status = child_change(pid, WCONTINUED);
	SETUP(status != -1 && WIFCONTINUED(status), "SIGCONT gave %s", wait_name(status));
	SETUP_EQ(write(fds[1], "x", 1), 1);
	child_end(pid);
}

PROBE(.promise = "A process stopped and continued while it reads goes on reading: what is "
		 "suspended and resumed by a shell notices nothing",
      .source = "man 7 signal (Interruption of system calls and library functions by stop signals)",
      .covers = COVERS("read", "kill:SIGSTOP", "kill:SIGCONT"), .call = {CALL(SYS_read)},
      .setup = setup, .run = run);
