/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "probe.h"

static const char *const names[] = {"file", "sub", "link"};
enum { NAMES = 3 };

static const char *folder;

static void setup(void)
{
	folder = tmp_path("folder");
	SETUP_OK(mkdir(folder, 0700));
	tmp_file("folder/file", "", 0, 0600);
	SETUP_OK(mkdir(tmp_path("folder/sub"), 0700));
	SETUP_OK(symlink("file", tmp_path("folder/link")));
}

static void run(void)
{
	char buf[2048] __attribute__((aligned(8)));
	int fd = (int)SETUP_OK(open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)), found = 0;
	const struct dirent *entry;
	long n = REQUIRE_OK(syscall(SYS_getdents64, fd, buf, sizeof(buf))), at = 0;

	for (; at < n; at += entry->d_reclen) {
		struct stat st = {0};

		entry = (const struct dirent *)(buf + at);
		for (int i = 0; i < NAMES; i++) {
			if (strcmp(entry->d_name, names[i]) != 0)
				continue;
			found++;
			SETUP_OK(fstatat(fd, names[i], &st, AT_SYMLINK_NOFOLLOW));
			EXPECT(entry->d_ino == st.st_ino, "the folder tells %llu of %s, stat %llu",
			       (unsigned long long)entry->d_ino, names[i],
			       (unsigned long long)st.st_ino);
		}
	}
	EXPECT_EQ(at, n);
	EXPECT_EQ(found, NAMES);
	EXPECT_EQ(syscall(SYS_getdents64, fd, buf, sizeof(buf)), 0);
}

PROBE(.promise = "A folder tells each entry's inode number as stat does: getcwd, find and tar "
		 "recognise files by it",
      .source = "man 2 getdents64; man 3 readdir; POSIX.1-2017 <dirent.h>",
      .covers = COVERS("getdents64"), .call = {CALL(SYS_getdents64)}, .setup = setup, .run = run);
