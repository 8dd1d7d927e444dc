/* SPDX-License-Identifier: MIT */
#include "probe.h"
#include "lib/user.h"

static const char *roots, *own;

static void setup(void)
{
	roots = tmp_file("roots", "x", 1, 0644);
	own = tmp_file("own", "x", 1, 0644);
	SETUP_OK(chown(own, USER_UID, USER_GID));
}

static void try_as_user(void *arg)
{
	EXPECT_ERRNO(chown(roots, USER_UID, USER_GID), EPERM);
	EXPECT_ERRNO(chown(own, 0, 0), EPERM);
	EXPECT_ERRNO(chown(own, USER_UID, 4321), EPERM);
	EXPECT_OK(chown(own, USER_UID, USER_GID));
}

static void run(void)
{
	as_user(try_as_user, NULL);
}

PROBE(.promise = "An ordinary user can give no file away nor take one (EPERM)",
      .source = "man 2 chown", .covers = COVERS("chown"), .needs = NEEDS("root"),
      .call = {CALL(SYS_chown), CALL(SYS_fchownat)}, .setup = setup, .run = run);
