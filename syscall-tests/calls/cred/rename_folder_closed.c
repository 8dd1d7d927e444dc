/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <sys/stat.h>

#include "probe.h"
#include "lib/user.h"

static const char *mine, *inside, *mine_too;

static void setup(void)
{
	SETUP_OK(mkdir(tmp_path("open"), 0777));
	SETUP_OK(chmod(tmp_path("open"), 0777));
	SETUP_OK(mkdir(tmp_path("closed"), 0755));
	SETUP_OK(mkdir(tmp_path("closed/sub"), 0755));
	SETUP_OK(chown(tmp_path("closed/sub"), USER_UID, USER_GID));
	mine = tmp_file("closed/mine", "x", 1, 0644);
	SETUP_OK(chown(mine, USER_UID, USER_GID));
	mine_too = tmp_file("open/mine", "x", 1, 0644);
	SETUP_OK(chown(mine_too, USER_UID, USER_GID));
	inside = tmp_path("closed/new");
}

static void user(void *arg)
{
	EXPECT_ERRNO(rename(mine, inside), EACCES);
	EXPECT_ERRNO(rename(mine, tmp_path("open/new")), EACCES);
	EXPECT_ERRNO(rename(mine_too, inside), EACCES);
	EXPECT_ERRNO(unlink(mine), EACCES);
	EXPECT_ERRNO(link(mine_too, inside), EACCES);
	EXPECT_ERRNO(symlink("x", inside), EACCES);
	EXPECT_ERRNO(mkdir(inside, 0755), EACCES);
	EXPECT_ERRNO(rmdir(tmp_path("closed/sub")), EACCES);
	EXPECT_OK(rename(mine_too, tmp_path("open/new")));
}

static void run(void)
{
	as_user(user, NULL);
	EXPECT_OK(access(mine, F_OK));
	EXPECT_ERRNO(access(inside, F_OK), ENOENT);
	EXPECT_OK(access(tmp_path("open/new"), F_OK));
}

PROBE(.promise = "Names in a folder change only by who may write the folder: no rename, unlink, "
		 "link, symlink, mkdir or rmdir there, were the file one's own",
      .source = "man 7 path_resolution; man 2 rename (EACCES); man 2 unlink (EACCES)",
      .covers = COVERS("rename:EACCES", "unlink:EACCES", "link:EACCES", "symlink:EACCES",
		       "mkdir:EACCES", "rmdir:EACCES"),
      .needs = NEEDS("root"),
      .call = {CALL(SYS_rename), CALL(SYS_renameat), CALL(SYS_unlink), CALL(SYS_unlinkat)},
      .setup = setup, .run = run);
