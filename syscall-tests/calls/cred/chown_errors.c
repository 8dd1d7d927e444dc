/* SPDX-License-Identifier: MIT */
#include "probe.h"

static const char *dangling, *circle;

static void setup(void)
{
	dangling = tmp_path("dangling");
	SETUP_OK(symlink("nothing", dangling));
	circle = tmp_path("circle");
	SETUP_OK(symlink("circle", circle));
}

static void run(void)
{
	EXPECT_ERRNO(chown(tmp_path("absent"), 0, 0), ENOENT);
	EXPECT_ERRNO(chown(dangling, 0, 0), ENOENT);
	EXPECT_ERRNO(chown(circle, 0, 0), ELOOP);
	EXPECT_ERRNO(chown("", 0, 0), ENOENT);
	EXPECT_ERRNO(chown(bad_address(), 0, 0), EFAULT);
}

PROBE(.promise = "chown of a name that leads nowhere is ENOENT, in a circle ELOOP, of bad memory "
		 "EFAULT",
      .source = "man 2 chown", .covers = COVERS("chown"), .needs = NEEDS("root"),
      .call = {CALL(SYS_chown), CALL(SYS_fchownat)}, .setup = setup, .run = run);
