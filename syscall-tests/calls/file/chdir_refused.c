/* SPDX-License-Identifier: MIT */
#include <sys/stat.h>

#include "probe.h"
#include "lib/user.h"

static void setup(void)
{
	SETUP_OK(mkdir(tmp_path("folder"), 0755));
	/* To be read by all, but entered by none but its owner. */
	SETUP_OK(mkdir(tmp_path("closed"), 0744));
	tmp_file("folder/file", "x", 1, 0644);
	SETUP_OK(symlink("folder", tmp_path("link")));
}

static void expect_here(const char *path)
{
	struct stat st = {0}, here = {0};

	EXPECT_OK(stat(path, &st));
	EXPECT_OK(stat(".", &here));
	EXPECT_EQ(here.st_mode, S_IFDIR | 0755);
	EXPECT_EQ(here.st_ino, st.st_ino);
}

static void user(void *arg)
{
	EXPECT_ERRNO(chdir(tmp_path("closed")), EACCES);
	REQUIRE_OK(chdir(tmp_path("link")));
	EXPECT_ERRNO(chdir("file"), ENOTDIR);
	EXPECT_ERRNO(chdir("nothing"), ENOENT);
	EXPECT_ERRNO(chdir("../closed"), EACCES);
	/* Where it was refused it stayed. */
	expect_here(tmp_path("folder"));
	EXPECT_OK(chdir("../folder/.."));
	expect_here(tmp_path(""));
}

static void run(void)
{
	as_user(user, NULL);
}

PROBE(.promise = "chdir enters folders alone (ENOTDIR) and only those that one may search "
		 "(EACCES); where it is refused the working folder stays",
      .source = "man 2 chdir; POSIX.1-2017 chdir",
      .covers = COVERS("chdir", "chdir:EACCES", "chdir:ENOTDIR"), .needs = NEEDS("root"),
      .call = {CALL(SYS_chdir)}, .setup = setup, .run = run);
