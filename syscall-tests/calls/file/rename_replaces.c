/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "probe.h"

static const char *old_path, *new_path, *folder, *full;
static int kept;

static void setup(void)
{
	old_path = tmp_file("old", "new text", 8, 0600);
	new_path = tmp_file("log", "old text", 8, 0600);
	kept = (int)SETUP_OK(open(new_path, O_RDWR | O_CLOEXEC));
	folder = tmp_path("folder");
	full = tmp_path("full");
	SETUP_OK(mkdir(folder, 0700));
	SETUP_OK(mkdir(full, 0700));
	tmp_file("full/x", "x", 1, 0600);
}

static void run(void)
{
	struct stat before = {0}, after = {0};
	char buf[8];

	SETUP_OK(stat(old_path, &before));
	REQUIRE_OK(rename(old_path, new_path));
	EXPECT_ERRNO(stat(old_path, &after), ENOENT);
	EXPECT_OK(stat(new_path, &after));
	EXPECT_EQ(after.st_ino, before.st_ino);
	/* The file that lost its name is whole for those who have it open. */
	EXPECT_EQ(pread(kept, buf, 8, 0), 8);
	EXPECT_BYTES(buf, "old text", 8);
	EXPECT_OK(fstat(kept, &after));
	EXPECT_EQ(after.st_nlink, 0);

	EXPECT_ERRNO(rename(new_path, folder), EISDIR);
	EXPECT_ERRNO(rename(folder, new_path), ENOTDIR);
	EXPECT_ERRNO(rename(folder, full), ENOTEMPTY);
	EXPECT_ERRNO(rename(full, tmp_path("full/below")), EINVAL);
	EXPECT_ERRNO(rename(old_path, new_path), ENOENT);
	REQUIRE_OK(rename(full, folder));
	EXPECT_OK(stat(tmp_path("folder/x"), &after));
}

PROBE(.promise = "rename puts a file in another's place at once; whoever has the old one open "
		 "keeps it; "
		 "folders and files do not replace each other, nor full folders",
      .source = "man 2 rename; POSIX.1-2017 rename", .covers = COVERS("rename", "unlink", "fstat"),
      .call = {CALL(SYS_rename), CALL(SYS_renameat)}, .setup = setup, .run = run);
