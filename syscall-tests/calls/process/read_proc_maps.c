/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "probe.h"
#include "lib/procfile.h"

static void *page;
static char text[65536];

static void setup(void)
{
	page = mmap(NULL, 8192, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	SETUP(page != MAP_FAILED, "mmap: %s", errno_name(errno));
}

/* The protection of the mapping that holds all of this, or "(none)". */
static const char *protection(const void *from, size_t len)
{
	static char prot[8];
	unsigned long low, high, at = (unsigned long)from;

	for (const char *line = text; line && *line;
	     line = strchr(line, '\n'), line += line != NULL)
		if (sscanf(line, "%lx-%lx %7s", &low, &high, prot) == 3 && low <= at &&
		    high >= at + len)
			return prot;
	return "(none)";
}

static void run(void)
{
	const char *stack;
	int here = 0;

	proc_read("/proc/self/maps", text, sizeof(text));
	EXPECT_STR(protection(page, 8192), "r--s");
	stack = protection(&here, sizeof(here));
	EXPECT(strncmp(stack, "rw", 2) == 0 && stack[3] == 'p', "the stack is \"%s\"", stack);
}

PROBE(.promise = "/proc/self/maps tells the address, the protection and the kind of each mapping; "
		 "glibc's pthread_getattr_np finds the stack there",
      .source = "man 5 proc (/proc/pid/maps)", .covers = COVERS("openat:/proc/self/maps"),
      .needs = NEEDS("proc"), .call = {CALL(SYS_read)}, .setup = setup, .run = run);
