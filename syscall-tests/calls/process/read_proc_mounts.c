/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "probe.h"
#include "lib/procfile.h"

#ifndef SYS_statx
#define SYS_statx 332
#endif

/* In the kernel's struct statx as 64-bit words, whose header does not go with the library's. */
enum { ATTRIBUTES = 1, ATTRIBUTES_MASK = 7, WORDS = 32, MOUNT_ROOT = 0x2000 };

static char text[512 << 10];
static bool has_root = true;

static void setup(void)
{
	uint64_t sx[WORDS] = {0};

	/* After chroot to a plain folder / is no mount. */
	if (syscall(SYS_statx, AT_FDCWD, "/", 0, 0, sx) == 0 && sx[ATTRIBUTES_MASK] & MOUNT_ROOT)
		has_root = sx[ATTRIBUTES] & MOUNT_ROOT;
}

static void run(void)
{
	char where[256], kind[64];
	bool root = false, proc = false;
	ssize_t len = proc_read("/proc/self/mounts", text, sizeof(text));
	char *cut = strrchr(text, '\n');

	/* There may be more than were read. */
	if (len == (ssize_t)sizeof(text) - 1 && cut)
		*cut = '\0';
	for (const char *line = text; line && *line;
	     line = strchr(line, '\n'), line += line != NULL) {
		int fields = sscanf(line, "%*s %255s %63s", where, kind);

		EXPECT(fields == 2, "a line is \"%.60s\"", line);
		root |= fields == 2 && strcmp(where, "/") == 0;
		proc |= fields == 2 && strcmp(where, "/proc") == 0 && strcmp(kind, "proc") == 0;
	}
	EXPECT(root || !has_root, "nothing is mounted at /");
	EXPECT(proc, "proc is not mounted at /proc");
}

PROBE(.promise = "/proc/self/mounts tells what is mounted where and of which kind; df, mount and "
		 "statvfs's users read it",
      .source = "man 5 proc (/proc/pid/mounts); man 5 fstab",
      .covers = COVERS("openat:/proc/self/mounts"), .needs = NEEDS("proc"),
      .call = {CALL(SYS_read)}, .setup = setup, .run = run);
