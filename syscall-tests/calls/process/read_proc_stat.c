/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "probe.h"
#include "lib/procfile.h"

static void run(void)
{
	char text[2048];
	int pid = -1, ppid = -1, pgrp = -1, session = -1;
	const char *after;
	char state = 0;

	proc_read("/proc/self/stat", text, sizeof(text));
	/* The name may contain blanks and brackets; the last one ends it. */
	after = strrchr(text, ')');
	REQUIRE(after && sscanf(text, "%d (", &pid) == 1,
		"the line does not begin with a number and a name: %.40s", text);
	REQUIRE(sscanf(after, ") %c %d %d %d", &state, &ppid, &pgrp, &session) == 4,
		"after the name there is \"%.40s\"", after + 1);
	EXPECT_EQ(pid, getpid());
	EXPECT(state == 'R', "a process that runs has the state %c", state);
	EXPECT_EQ(ppid, getppid());
	EXPECT_EQ(pgrp, getpgrp());
	EXPECT_EQ(session, getsid(0));
}

PROBE(.promise = "/proc/self/stat tells number, name, state, parent, group and session in their "
		 "places; ps, pgrep and start-stop-daemon read it",
      .source = "man 5 proc (/proc/pid/stat)", .covers = COVERS("openat:/proc/self/stat"),
      .needs = NEEDS("proc"), .call = {CALL(SYS_read)}, .run = run);
