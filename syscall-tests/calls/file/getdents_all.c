/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "probe.h"

enum { FILES = 12 };

static const char *folder;

static void setup(void)
{
	folder = tmp_path("folder");
	SETUP_OK(mkdir(folder, 0755));
	for (int i = 0; i < FILES; i++) {
		char name[64];

		snprintf(name, sizeof(name), "folder/a-rather-long-name-%d", i);
		tmp_file(name, "", 0, 0600);
	}
	SETUP_OK(mkdir(tmp_path("folder/sub"), 0755));
	SETUP_OK(symlink("sub", tmp_path("folder/link")));
}

/* What a call gives ends where a record ends. */
static void expect_whole_records(int fd)
{
	char buf[4096] __attribute__((aligned(8)));
	long n, end = 0;

	SETUP_EQ(lseek(fd, 0, SEEK_SET), 0);
	n = EXPECT_OK(syscall(SYS_getdents64, fd, buf, sizeof(buf)));
	while (end < n)
		end += ((const struct dirent *)(buf + end))->d_reclen;
	EXPECT_EQ(n, end);
}

static void run(void)
{
	int seen[FILES] = {0}, dots = 0, others = 0, at;
	const struct dirent *entry;
	DIR *dir = opendir(folder);

	SETUP(dir != NULL, "opendir: %s", errno_name(errno));
	errno = 0;
	while ((entry = readdir(dir))) {
		if (sscanf(entry->d_name, "a-rather-long-name-%d", &at) == 1 && at < FILES)
			seen[at] += entry->d_type == DT_REG || entry->d_type == DT_UNKNOWN;
		else if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			dots++;
		else if (!strcmp(entry->d_name, "sub"))
			others += entry->d_type == DT_DIR || entry->d_type == DT_UNKNOWN;
		else if (!strcmp(entry->d_name, "link"))
			others += entry->d_type == DT_LNK || entry->d_type == DT_UNKNOWN;
		else
			EXPECT(false, "an entry \"%s\" is there that was not made", entry->d_name);
	}
	EXPECT(errno == 0, "reading the folder ended with %s", errno_name(errno));
	for (int i = 0; i < FILES; i++)
		EXPECT(seen[i] == 1, "file %d was listed %d times", i, seen[i]);
	EXPECT_EQ(dots, 2);
	EXPECT_EQ(others, 2);
	rewinddir(dir);
	EXPECT(readdir(dir) != NULL, "after rewinddir nothing is listed");
	expect_whole_records(dirfd(dir));
}

PROBE(.promise = "Reading a folder lists each entry once, with its type if it is told, and again "
		 "from the "
		 "start after rewinding",
      .source = "man 2 getdents64; POSIX.1-2017 readdir", .covers = COVERS("getdents64"),
      .call = {CALL(SYS_getdents64)}, .setup = setup, .run = run);
