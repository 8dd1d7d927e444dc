/* SPDX-License-Identifier: MIT */
#include <sys/stat.h>

#include "probe.h"

static const char *file, *link_path;

static void setup(void)
{
	file = tmp_file("file", "x", 1, 0644);
	link_path = tmp_path("link");
	SETUP_OK(symlink("file", link_path));
}

static void expect_uids(uid_t of_file, uid_t of_link)
{
	struct stat st = {.st_uid = 99999};

	EXPECT_OK(lstat(file, &st));
	EXPECT_EQ(st.st_uid, of_file);
	EXPECT_OK(lstat(link_path, &st));
	EXPECT_EQ(st.st_uid, of_link);
}

static void run(void)
{
	REQUIRE_OK(chown(link_path, 55, 55));
	expect_uids(55, 0);
	REQUIRE_OK(lchown(link_path, 66, 66));
	expect_uids(55, 66);
}

PROBE(.promise = "chown of a symbolic link changes what it points to; lchown changes the link",
      .source = "man 2 chown", .covers = COVERS("chown", "lchown"), .needs = NEEDS("root"),
      .call = {CALL(SYS_chown), CALL(SYS_lchown)}, .setup = setup, .run = run);
