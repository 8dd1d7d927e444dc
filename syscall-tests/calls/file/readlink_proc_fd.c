/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#include "probe.h"

static const char *path;
static int fd;

static void setup(void)
{
	path = tmp_file("file", "x", 1, 0600);
	fd = (int)SETUP_OK(open(path, O_RDONLY | O_CLOEXEC));
	SETUP_OK(dup2(fd, 77));
}

static void run(void)
{
	char name[32], got[128] = "";
	const struct dirent *entry;
	DIR *dir = opendir("/proc/self/fd");
	int seen = 0;

	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	REQUIRE_OK(readlink(name, got, sizeof(got) - 1));
	EXPECT_STR(got, path);
	EXPECT_EQ(readlink(name, got, 4), 4);
	EXPECT_ERRNO(readlink("/proc/self/fd/999", got, 4), ENOENT);
	EXPECT_ERRNO(readlink(path, got, 4), EINVAL);
	REQUIRE(dir != NULL, "opendir: %s", errno_name(errno));
	while ((entry = readdir(dir)))
		seen += (int)strtol(entry->d_name, NULL, 10) == fd ||
			(int)strtol(entry->d_name, NULL, 10) == 77;
	EXPECT(seen == 2, "%d of 2 open descriptors are listed", seen);
}

PROBE(.promise = "/proc/self/fd lists the open descriptors, as links to the files they are of",
      .source = "man 5 proc; man 2 readlink",
      .covers = COVERS("readlink:/proc/self/fd", "getdents64"), .needs = NEEDS("proc"),
      .call = {CALL(SYS_readlink), CALL(SYS_readlinkat)}, .setup = setup, .run = run);
