/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "probe.h"
#include "lib/procfile.h"

/* The value of a line, or "(none)". */
static const char *line(const char *key)
{
	static char text[8192];
	const char *value;

	proc_read("/proc/self/status", text, sizeof(text));
	value = proc_value(text, key);
	return value ? value : "(none)";
}

static void run(void)
{
	const char *value;
	char number[16];

	snprintf(number, sizeof(number), "%d", (int)getpid());
	EXPECT_STR(line("Pid"), number);
	snprintf(number, sizeof(number), "%d", (int)getppid());
	EXPECT_STR(line("PPid"), number);
	value = line("State");
	EXPECT(value[0] == 'R', "a process that runs has the state \"%s\"", value);
	SETUP_OK(setresgid(2000, 2001, 2002));
	SETUP_OK(setresuid(1000, 1001, 1002));
	EXPECT_STR(line("Uid"), "1000\t1001\t1002\t1001");
	EXPECT_STR(line("Gid"), "2000\t2001\t2002\t2001");
}

PROBE(.promise = "/proc/self/status tells a process's number, its parent, its state and its four "
		 "user and group ids, also when it is no longer root",
      .source = "man 5 proc (/proc/pid/status)", .covers = COVERS("openat:/proc/self/status"),
      .needs = NEEDS("proc", "root"), .call = {CALL(SYS_read)}, .run = run);
