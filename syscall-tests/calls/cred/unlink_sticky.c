/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <sys/stat.h>

#include "probe.h"
#include "lib/user.h"

static void setup(void)
{
	SETUP_OK(mkdir(tmp_path("folder"), 0777));
	SETUP_OK(chmod(tmp_path("folder"), 01777));
	tmp_file("folder/roots", "x", 1, 0666);
	SETUP_OK(chown(tmp_file("folder/users", "x", 1, 0644), USER_UID, USER_GID));
	SETUP_OK(mkdir(tmp_path("open"), 0777));
	SETUP_OK(chmod(tmp_path("open"), 0777));
	tmp_file("open/roots", "x", 1, 0600);
}

static void user(void *arg)
{
	EXPECT_ERRNO(unlink(tmp_path("folder/roots")), EPERM);
	EXPECT_ERRNO(rename(tmp_path("folder/roots"), tmp_path("folder/mine")), EPERM);
	EXPECT_ERRNO(rename(tmp_path("folder/users"), tmp_path("folder/roots")), EPERM);
	EXPECT_OK(access(tmp_path("folder/roots"), F_OK));
	REQUIRE_OK(unlink(tmp_path("folder/users")));
	EXPECT_ERRNO(access(tmp_path("folder/users"), F_OK), ENOENT);
	REQUIRE_OK(unlink(tmp_path("open/roots")));
	EXPECT_ERRNO(access(tmp_path("open/roots"), F_OK), ENOENT);
}

static void run(void)
{
	as_user(user, NULL);
}

PROBE(.promise = "In a sticky directory such as /tmp only a file's owner removes or renames it, "
		 "in another one whoever may write there",
      .source = "man 2 unlink (EPERM); man 7 inode (S_ISVTX)",
      .covers = COVERS("unlink:EPERM", "rename:EPERM"), .needs = NEEDS("root"),
      .call = {CALL(SYS_unlink), CALL(SYS_unlinkat)}, .setup = setup, .run = run);
