/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "probe.h"

static const char *folder;

static void setup(void)
{
	folder = tmp_path("folder");
	SETUP_OK(mkdir(folder, 0755));
	tmp_file("file", "x", 1, 0600);
	SETUP_OK(symlink("loop-b", tmp_path("loop-a")));
	SETUP_OK(symlink("loop-a", tmp_path("loop-b")));
}

static void run(void)
{
	char name[300], path[PATH_MAX + 8];
	const char *name_of_256, *path_of_4096;
	struct stat st = {0};
	int fd;

	memset(name, 'n', sizeof(name));
	name[NAME_MAX] = '\0';
	EXPECT_ERRNO(open(tmp_path(name), O_RDONLY), ENOENT);
	fd = (int)REQUIRE_OK(open(tmp_path(name), O_RDWR | O_CREAT, 0600));
	SETUP_EQ(write(fd, "long", 4), 4);
	EXPECT_OK(stat(tmp_path(name), &st));
	EXPECT_EQ(st.st_size, 4);
	name[NAME_MAX] = 'n';
	name[NAME_MAX + 1] = '\0';
	name_of_256 = tmp_path(name);
	EXPECT_ERRNO(open(name_of_256, O_RDONLY), ENAMETOOLONG);
	EXPECT_ERRNO(open(name_of_256, O_RDWR | O_CREAT, 0600), ENAMETOOLONG);

	/* A slash more changes nothing but the length. */
	snprintf(path, sizeof(path), "%s", folder);
	for (size_t n = strlen(path); n < PATH_MAX - 1; n++)
		path[n] = '/', path[n + 1] = '\0';
	fd = (int)REQUIRE_OK(open(path, O_RDONLY));
	EXPECT_OK(fstat(fd, &st));
	EXPECT_EQ(st.st_mode, S_IFDIR | 0755);
	path[PATH_MAX - 1] = '/', path[PATH_MAX] = '\0';
	path_of_4096 = path;
	EXPECT_ERRNO(open(path_of_4096, O_RDONLY), ENAMETOOLONG);

	EXPECT_ERRNO(open(tmp_path("loop-a"), O_RDONLY), ELOOP);
	EXPECT_ERRNO(open(tmp_path("file/"), O_RDONLY), ENOTDIR);
	EXPECT_ERRNO(open(tmp_path("file/below"), O_RDONLY), ENOTDIR);
	EXPECT_ERRNO(open("", O_RDONLY), ENOENT);
	EXPECT_ERRNO(open(bad_address(), O_RDONLY), EFAULT);
}

PROBE(.promise = "Names have 255 bytes at most and paths 4095 (ENAMETOOLONG); circles of links are "
		 "ELOOP, a file is no directory (ENOTDIR): servers choose their answer by it",
      .source = "man 7 path_resolution; POSIX.1-2017 open, <limits.h>",
      .covers = COVERS("openat:ENAMETOOLONG", "openat:ELOOP", "openat:ENOTDIR"),
      .call = {CALL(SYS_open), CALL(SYS_openat)}, .setup = setup, .run = run);
