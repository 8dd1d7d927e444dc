/* SPDX-License-Identifier: MIT */
#include <sys/stat.h>

#include "probe.h"

static const char *file;

static void setup(void)
{
	file = tmp_file("file", "x", 1, 0644);
}

static void expect_owner(uid_t uid, gid_t gid)
{
	struct stat st = {.st_uid = 99999, .st_gid = 99999};

	EXPECT_OK(stat(file, &st));
	EXPECT_EQ(st.st_uid, uid);
	EXPECT_EQ(st.st_gid, gid);
}

static void run(void)
{
	REQUIRE_OK(chown(file, 55, 66));
	expect_owner(55, 66);
	REQUIRE_OK(chown(file, (uid_t)-1, 77));
	expect_owner(55, 77);
	REQUIRE_OK(chown(file, 88, (gid_t)-1));
	expect_owner(88, 77);
	REQUIRE_OK(chown(file, (uid_t)-1, (gid_t)-1));
	expect_owner(88, 77);
	REQUIRE_OK(chown(file, 70000, 80000));
	expect_owner(70000, 80000);
}

PROBE(.promise = "chown changes the ids given and keeps those given as -1", .source = "man 2 chown",
      .covers = COVERS("chown"), .needs = NEEDS("root"),
      .call = {CALL(SYS_chown), CALL(SYS_fchownat)}, .setup = setup, .run = run);
