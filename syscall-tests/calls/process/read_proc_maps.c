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

static void run(void)
{
	char wanted[64];

	proc_lines("/proc/self/maps", text, sizeof(text));
	snprintf(wanted, sizeof(wanted), "%lx-%lx r--s ", (unsigned long)page,
		 (unsigned long)page + 8192);
	EXPECT(strstr(text, wanted) != NULL, "no line \"%s\" in %zu bytes that begin \"%.60s\"",
	       wanted, strlen(text), text);
	EXPECT(strstr(text, "[stack]") != NULL, "the stack is not among the mappings");
}

PROBE(.promise = "/proc/self/maps tells the address, the protection and the kind of each mapping; "
		 "glibc's pthread_getattr_np finds the stack there",
      .source = "man 5 proc (/proc/pid/maps)", .covers = COVERS("openat:/proc/self/maps"),
      .needs = NEEDS("proc"), .call = {CALL(SYS_read)}, .setup = setup, .run = run);
