/* SPDX-License-Identifier: MIT */
#include <sys/stat.h>

#include "probe.h"
#include "lib/filemode.h"
#include "lib/user.h"

static const char *strange, *own;

static void setup(void)
{
	strange = tmp_file("strange", "x", 1, 0600);
	SETUP_OK(chown(strange, USER_UID, 4000));
	own = tmp_file("own", "x", 1, 0600);
	SETUP_OK(chown(own, USER_UID, USER_GID));
}

static void user(void *arg)
{
	REQUIRE_OK(chmod(strange, 02750));
	expect_mode(strange, 0750);
	REQUIRE_OK(chmod(own, 02750));
	expect_mode(own, 02750);
}

static void run(void)
{
	as_user(user, NULL);
}

PROBE(.promise = "An ordinary user cannot set the set-group bit of a file whose group is none of "
		 "the user's: chmod leaves it out",
      .source = "man 2 chmod; POSIX.1-2017 chmod", .covers = COVERS("chmod:S_ISGID"),
      .needs = NEEDS("root"), .call = {CALL(SYS_chmod), CALL(SYS_fchmodat)}, .setup = setup,
      .run = run);
