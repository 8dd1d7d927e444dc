/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sys/stat.h>

#include "probe.h"

static const char *folder, *file, *empty;

static void setup(void)
{
	folder = tmp_path("folder");
	SETUP_OK(mkdir(folder, 0755));
	file = tmp_file("folder/file", "x", 1, 0600);
	empty = tmp_path("empty");
	SETUP_OK(mkdir(empty, 0755));
}

static void run(void)
{
	EXPECT_ERRNO(rmdir(folder), ENOTEMPTY);
	EXPECT_ERRNO(rmdir(file), ENOTDIR);
	EXPECT_ERRNO(rmdir(tmp_path("nothing")), ENOENT);
	EXPECT_ERRNO(rmdir(tmp_path("empty/.")), EINVAL);
	EXPECT_ERRNO(unlink(empty), EISDIR);
	EXPECT_ERRNO(unlinkat(AT_FDCWD, file, AT_REMOVEDIR), ENOTDIR);
	EXPECT_ERRNO(mkdir(empty, 0755), EEXIST);
	EXPECT_ERRNO(mkdir(file, 0755), EEXIST);
	EXPECT_OK(access(file, F_OK));
	REQUIRE_OK(rmdir(empty));
	EXPECT_ERRNO(access(empty, F_OK), ENOENT);
	EXPECT_OK(unlinkat(AT_FDCWD, file, 0));
	EXPECT_OK(unlinkat(AT_FDCWD, folder, AT_REMOVEDIR));
	EXPECT_ERRNO(access(folder, F_OK), ENOENT);
}

PROBE(.promise = "A directory is removed only by rmdir and only when empty; files and directories "
		 "are not taken for each other",
      .source = "man 2 rmdir; man 2 unlinkat; POSIX.1-2017 rmdir",
      .covers = COVERS("rmdir", "unlinkat:AT_REMOVEDIR", "mkdir:EEXIST"), .call = {CALL(SYS_rmdir)},
      .setup = setup, .run = run);
