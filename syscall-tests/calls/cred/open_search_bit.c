/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "probe.h"
#include "lib/user.h"

static void setup(void)
{
	SETUP_OK(mkdir(tmp_path("search"), 0700));
	SETUP_OK(mkdir(tmp_path("list"), 0700));
	tmp_file("search/file", "x", 1, 0644);
	tmp_file("list/file", "x", 1, 0644);
	SETUP_OK(chmod(tmp_path("search"), 0711));
	SETUP_OK(chmod(tmp_path("list"), 0744));
}

static bool listed(const char *folder, const char *name)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;

	REQUIRE(dir != NULL, "opening a folder with r: %s", errno_name(errno));
	while ((entry = readdir(dir)) && strcmp(entry->d_name, name) != 0)
		;
	return entry != NULL;
}

static void user(void *arg)
{
	struct stat st;
	char c = 0;

	EXPECT_ERRNO(open(tmp_path("search"), O_RDONLY | O_DIRECTORY | O_CLOEXEC), EACCES);
	EXPECT_EQ(read((int)EXPECT_OK(open(tmp_path("search/file"), O_RDONLY | O_CLOEXEC)), &c, 1),
		  1);
	EXPECT_EQ(c, 'x');
	EXPECT(listed(tmp_path("list"), "file"), "a folder with r does not list its file");
	EXPECT_ERRNO(open(tmp_path("list/file"), O_RDONLY | O_CLOEXEC), EACCES);
	EXPECT_ERRNO(stat(tmp_path("list/file"), &st), EACCES);
	EXPECT_ERRNO(chdir(tmp_path("list")), EACCES);
}

static void run(void)
{
	as_user(user, NULL);
}

PROBE(.promise = "A folder with x and no r opens what one can name and is not listed; one with r "
		 "and no x is listed, and nothing in it is reached",
      .source = "man 7 path_resolution; POSIX.1-2017 4.5", .covers = COVERS("openat", "getdents64"),
      .needs = NEEDS("root"), .call = {CALL(SYS_open), CALL(SYS_openat)}, .setup = setup,
      .run = run);
