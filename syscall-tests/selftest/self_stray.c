/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "probe.h"

/* Leaves a process in a session of its own, whose number stands in $PROBES_STRAY_FILE. */
static void grandchild(void *arg)
{
	const char *path = arg;
	char text[16];
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	setsid();
	snprintf(text, sizeof(text), "%d\n", (int)getpid());
	if (fd >= 0)
		write_full(fd, text, strlen(text));
	mark_set(0, 1);
	for (;;)
		pause();
}

static void run(void)
{
	extern char *getenv(const char *);
	char *path = getenv("PROBES_STRAY_FILE");

	SETUP(path != NULL, "PROBES_STRAY_FILE is not set");
	child_start(grandchild, path);
	REQUIRE(mark_wait(0), "the stray process never came up");
}

PROBE(.promise = "A process left behind in another session is killed", .source = "probe.h",
      .run = run);
