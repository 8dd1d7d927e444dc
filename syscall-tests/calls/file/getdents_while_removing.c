/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "probe.h"

enum { FILES = 12, LITTLE = 120 };

static int dir;

static void setup(void)
{
	SETUP_OK(mkdir(tmp_path("folder"), 0755));
	for (int i = 0; i < FILES; i++) {
		char name[40];

		snprintf(name, sizeof(name), "folder/%d-to-be-removed", i);
		tmp_file(name, "", 0, 0600);
	}
	dir = (int)SETUP_OK(open(tmp_path("folder"), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

static void run(void)
{
	char buf[LITTLE + sizeof(struct dirent)] __attribute__((aligned(8)));
	int removed = 0;
	long n;

	while ((n = REQUIRE_OK(syscall(SYS_getdents64, dir, buf, LITTLE))) > 0) {
		for (long at = 0; at < n;) {
			const struct dirent *entry = (const struct dirent *)(buf + at);

			REQUIRE(entry->d_reclen > 0, "an entry of no length came");
			at += entry->d_reclen;
			EXPECT(at <= n, "%ld bytes came, an entry ends at %ld", n, at);
			if (entry->d_name[0] == '.')
				continue;
			REQUIRE_OK(unlinkat(dir, entry->d_name, 0));
			removed++;
		}
	}
	EXPECT(removed == FILES, "%d of %d entries were told", removed, FILES);
	EXPECT_OK(rmdir(tmp_path("folder")));
	EXPECT_ERRNO(access(tmp_path("folder"), F_OK), ENOENT);
}

PROBE(.promise = "Who removes what a directory tells, a few at a time, meets every entry once: rm "
		 "-r leaves nothing",
      .source = "POSIX.1-2017 readdir; man 2 getdents", .covers = COVERS("getdents64", "unlinkat"),
      .call = {CALL(SYS_getdents64)}, .setup = setup, .run = run);
