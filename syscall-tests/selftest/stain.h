/* SPDX-License-Identifier: MIT */
/*
 * stain: what only a guest of the harness may suffer. State that outlives a probe and not a
 * machine, hangs that take the runner along, panics. A guest is told by the folder that holds the
 * probes there, and one to be killed by its command line as well.
 */
#ifndef SELFTEST_STAIN_H
#define SELFTEST_STAIN_H

#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#define STAIN_FILE "/tmp/self-stain"

static inline bool in_a_guest(void)
{
	return access("/harness/probes", X_OK) == 0;
}

static inline bool in_a_guest_to_kill(void)
{
	char line[4096] = "";
	int fd = open("/proc/cmdline", O_RDONLY | O_CLOEXEC);

	if (fd < 0 || read(fd, line, sizeof(line) - 1) < 0)
		line[0] = '\0';
	if (fd >= 0)
		close(fd);
	return in_a_guest() && strstr(line, "init=/harness/agent");
}

#endif
