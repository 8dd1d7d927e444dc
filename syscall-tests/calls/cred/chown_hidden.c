/* SPDX-License-Identifier: MIT */
#include <sys/stat.h>

#include "probe.h"
#include "lib/user.h"

static const char *hidden;

static void setup(void)
{
	SETUP_OK(mkdir(tmp_path("closed"), 0700));
	hidden = tmp_file("closed/file", "x", 1, 0666);
	SETUP_OK(chown(hidden, USER_UID, USER_GID));
}

static void try_as_user(void *arg)
{
	EXPECT_ERRNO(chown(hidden, USER_UID, USER_GID), EACCES);
}

static void run(void)
{
	as_user(try_as_user, NULL);
}

PROBE(.promise = "chown of one's own file in a folder closed to one is EACCES",
      .source = "man 2 chown", .covers = COVERS("chown"), .needs = NEEDS("root"),
      .call = {CALL(SYS_chown), CALL(SYS_fchownat)}, .setup = setup, .run = run);
