/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#include "probe.h"
#include "lib/procfile.h"

enum { LOOKED_AT = O_ACCMODE | O_APPEND | O_NONBLOCK | O_CLOEXEC };

static int fd;

static void setup(void)
{
	const char *path = tmp_file("file", "0123456789", 10, 0600);

	fd = (int)SETUP_OK(open(path, O_RDWR | O_APPEND | O_CLOEXEC));
	SETUP_EQ(lseek(fd, 7, SEEK_SET), 7);
}

static unsigned long told(const char *key, int base)
{
	char path[32], text[512];
	const char *value;
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	n = proc_read(path, text, sizeof(text));
	REQUIRE(n > 0 && text[n - 1] == '\n', "%zd bytes tell no whole line", n);
	value = proc_value(text, key);
	REQUIRE(value != NULL, "there is no line \"%s\"", key);
	return strtoul(value, NULL, base);
}

static void run(void)
{
	EXPECT_EQ(told("pos", 10), 7);
	EXPECT_EQ(told("flags", 8) & LOOKED_AT, O_RDWR | O_APPEND | O_CLOEXEC);
}

PROBE(.promise = "/proc/self/fdinfo tells where a descriptor's position is and how it was opened; "
		 "lsof and progress meters read it",
      .source = "man 5 proc (/proc/pid/fdinfo)", .covers = COVERS("openat:/proc/self/fdinfo"),
      .needs = NEEDS("proc"), .call = {CALL(SYS_read)}, .setup = setup, .run = run);
