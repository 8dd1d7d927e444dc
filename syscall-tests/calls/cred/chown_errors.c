/* SPDX-License-Identifier: MIT */
#include <sys/stat.h>

#include "probe.h"
#include "lib/user.h"

static const char *file;
static const char *below_file, *hidden, *dangling, *circle;

static void setup(void)
{
	file = tmp_file("file", "x", 1, 0644);
	below_file = tmp_path("file/x");
	SETUP_OK(mkdir(tmp_path("closed"), 0700));
	hidden = tmp_file("closed/file", "x", 1, 0666);
	dangling = tmp_path("dangling");
	SETUP_OK(symlink("nothing", dangling));
	circle = tmp_path("circle");
	SETUP_OK(symlink("circle", circle));
}

static void try_as_user(void *arg)
{
	EXPECT_ERRNO(chown(file, USER_UID, USER_GID), EPERM);
	EXPECT_ERRNO(chown(hidden, USER_UID, USER_GID), EACCES);
	mark_set(0, 1);
}

static void run(void)
{
	EXPECT_ERRNO(chown(dangling, 0, 0), ENOENT);
	EXPECT_ERRNO(chown(circle, 0, 0), ELOOP);
	EXPECT_ERRNO(chown("", 0, 0), ENOENT);
	EXPECT_ERRNO(chown(bad_address(), 0, 0), EFAULT);
	EXPECT_ERRNO(chown(below_file, 0, 0), ENOTDIR);
	as_user(try_as_user, NULL);
	EXPECT(mark_get(0), "the user's process did not come to its end");
}

PROBE(.promise = "chown says why not: ENOENT, ELOOP, EFAULT, ENOTDIR, EACCES on the way, EPERM for "
		 "a file "
		 "that is another's",
      .source = "man 2 chown", .covers = COVERS("chown"), .needs = NEEDS("root"),
      .call = {CALL(SYS_chown), CALL(SYS_fchownat)}, .setup = setup, .run = run);
