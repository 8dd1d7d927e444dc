/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sys/stat.h>

#include "probe.h"

static const char *a, *b, *folder;

static void setup(void)
{
	a = tmp_file("a", "same file", 9, 0600);
	b = tmp_path("b");
	folder = tmp_path("folder");
	SETUP_OK(mkdir(folder, 0755));
}

static void run(void)
{
	struct stat of_a = {0}, of_b = {0};
	char buf[16] = "";

	REQUIRE_OK(link(a, b));
	EXPECT_OK(stat(a, &of_a));
	EXPECT_OK(stat(b, &of_b));
	EXPECT_EQ(of_b.st_ino, of_a.st_ino);
	EXPECT_EQ(of_a.st_nlink, 2);
	EXPECT_ERRNO(link(a, b), EEXIST);
	EXPECT_ERRNO(link(folder, tmp_path("second")), EPERM);
	EXPECT_ERRNO(link(tmp_path("nothing"), tmp_path("second")), ENOENT);
	EXPECT_OK(unlink(a));
	EXPECT_OK(stat(b, &of_b));
	EXPECT_EQ(of_b.st_nlink, 1);
	EXPECT_EQ(read((int)REQUIRE_OK(open(b, O_RDONLY | O_CLOEXEC)), buf, sizeof(buf)), 9);
	EXPECT_STR(buf, "same file");
}

PROBE(.promise = "link gives a file a second name that is as good as the first, never one that is "
		 "taken; sftp renames so",
      .source = "man 2 link; POSIX.1-2017 link", .covers = COVERS("link", "link:EEXIST", "unlink"),
      .call = {CALL(SYS_link), CALL(SYS_linkat)}, .setup = setup, .run = run);
