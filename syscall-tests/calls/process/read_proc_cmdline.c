/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "probe.h"
#include "lib/procfile.h"

extern char *program_invocation_name;

static void child(void *arg)
{
	static char text[65536];
	char path[64];
	ssize_t len;

	/* One's parent's as well as one's own. */
	snprintf(path, sizeof(path), "/proc/%d/cmdline", (int)getppid());
	len = proc_read(path, text, sizeof(text));
	REQUIRE(len > 0, "the command line is empty");
	EXPECT_STR(text, program_invocation_name);
	EXPECT(len > (ssize_t)strlen(text), "the first argument has no end mark");
	if (len < (ssize_t)sizeof(text) - 1)
		EXPECT(text[len - 1] == '\0', "the last argument has no end mark");
}

static void run(void)
{
	child_end(child_start(child, NULL));
}

PROBE(.promise = "/proc/PID/cmdline holds a program's arguments, each with a 0 byte behind it",
      .source = "man 5 proc (/proc/pid/cmdline)", .covers = COVERS("openat:/proc/pid/cmdline"),
      .needs = NEEDS("proc"), .call = {CALL(SYS_read)}, .run = run);
