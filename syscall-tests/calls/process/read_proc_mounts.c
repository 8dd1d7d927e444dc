/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "probe.h"
#include "lib/procfile.h"

static char text[65536];

static void run(void)
{
	char where[256], kind[64];
	bool root = false, proc = false;

	proc_read("/proc/self/mounts", text, sizeof(text));
	for (const char *line = text; line && *line;
	     line = strchr(line, '\n'), line += line != NULL) {
		int fields = sscanf(line, "%*s %255s %63s", where, kind);

		EXPECT(fields == 2, "a line is \"%.60s\"", line);
		root |= fields == 2 && strcmp(where, "/") == 0;
		proc |= fields == 2 && strcmp(where, "/proc") == 0 && strcmp(kind, "proc") == 0;
	}
	EXPECT(root, "nothing is mounted at /");
	EXPECT(proc, "proc is not mounted at /proc");
}

PROBE(.promise = "/proc/self/mounts tells what is mounted where and of which kind; df, mount and "
		 "statvfs's users read it",
      .source = "man 5 proc (/proc/pid/mounts); man 5 fstab",
      .covers = COVERS("openat:/proc/self/mounts"), .needs = NEEDS("proc"),
      .call = {CALL(SYS_read)}, .run = run);
