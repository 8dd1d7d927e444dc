/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "probe.h"
#include "lib/procfile.h"

static char path[40];
static int fds[2];
static pid_t pid;

static void waits(void *arg)
{
	char c;

	SETUP_EQ(read(fds[0], &c, 1), 1);
}

static void setup(void)
{
	SETUP_OK(pipe(fds));
	pid = child_start(waits, NULL);
	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
}

static char state(void)
{
	char text[2048];
	const char *after;

	proc_read(path, text, sizeof(text));
	after = strrchr(text, ')');
	REQUIRE(after && after[1] == ' ', "the line has no name: %.40s", text);
	return after[2];
}

static void run(void)
{
	siginfo_t info = {0};
	char seen = 0;

	interrupt_when_late();
	EXPECT(EVENTUALLY((seen = state()) == 'S'), "a process that waits has the state %c", seen);
	SETUP_OK(kill(pid, SIGSTOP));
	SETUP(WIFSTOPPED(child_change(pid, WUNTRACED)), "the process does not stop");
	seen = state();
	/* Small where somebody traces it. */
	EXPECT(seen == 'T' || seen == 't', "a stopped process has the state %c", seen);
	SETUP_OK(kill(pid, SIGKILL));
	SETUP_OK(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT));
	SETUP_EQ(info.si_pid, pid);
	seen = state();
	EXPECT(seen == 'Z', "a process that was not waited for has the state %c", seen);
	SETUP_EQ(waitpid(pid, NULL, 0), pid);
	EXPECT_ERRNO(open(path, O_RDONLY | O_CLOEXEC), ENOENT);
}

PROBE(.promise = "/proc/PID/stat tells that a process waits (S), is stopped (T), or has ended and "
		 "was not waited for (Z), and goes with it: ps, monit and killall read it",
      .source = "man 5 proc (/proc/pid/stat)", .covers = COVERS("openat:/proc/pid/stat"),
      .needs = NEEDS("proc"), .call = {CALL(SYS_read)}, .setup = setup, .run = run);
