/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sys/stat.h>

#include "probe.h"

static const char *file, *link_path, *fresh, *folder;

static void setup(void)
{
	file = tmp_file("file", "12345", 5, 0644);
	folder = tmp_path("folder");
	SETUP_OK(mkdir(folder, 0755));
	link_path = tmp_path("link");
	SETUP_OK(symlink("file", link_path));
	fresh = tmp_path("fresh");
}

static void expect_append(void)
{
	int fd = (int)REQUIRE_OK(open(file, O_WRONLY | O_APPEND | O_CLOEXEC));
	struct stat st = {0};

	REQUIRE_EQ(lseek(fd, 2, SEEK_SET), 2);
	REQUIRE_EQ(lseek(fd, 0, SEEK_CUR), 2);
	EXPECT_EQ(write(fd, "67", 2), 2);
	EXPECT_OK(fstat(fd, &st));
	EXPECT_EQ(st.st_size, 7);
	EXPECT_EQ(lseek(fd, 0, SEEK_CUR), 7);
	EXPECT_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
	EXPECT_EQ(fcntl(fd, F_GETFL) & (O_APPEND | O_ACCMODE), O_APPEND | O_WRONLY);
	REQUIRE_OK(open(file, O_WRONLY | O_TRUNC));
	EXPECT_OK(fstat(fd, &st));
	EXPECT_EQ(st.st_size, 0);
}

static void run(void)
{
	struct stat st = {0};

	EXPECT_ERRNO(open(fresh, O_RDWR), ENOENT);
	REQUIRE_OK(open(fresh, O_RDWR | O_CREAT | O_EXCL, 0666));
	EXPECT_OK(stat(fresh, &st));
	EXPECT_EQ(st.st_mode, S_IFREG | 0644);
	EXPECT_ERRNO(open(fresh, O_RDWR | O_CREAT | O_EXCL, 0666), EEXIST);
	EXPECT_ERRNO(open(link_path, O_RDWR | O_CREAT | O_EXCL, 0666), EEXIST);
	EXPECT_ERRNO(open(link_path, O_RDONLY | O_NOFOLLOW), ELOOP);
	EXPECT_ERRNO(open(file, O_RDONLY | O_DIRECTORY), ENOTDIR);
	EXPECT_ERRNO(open(folder, O_WRONLY), EISDIR);
	EXPECT_OK(open(folder, O_RDONLY | O_DIRECTORY));
	expect_append();
}

PROBE(.promise = "open heeds O_CREAT with the umask, O_EXCL, O_NOFOLLOW, O_DIRECTORY, O_APPEND, "
		 "O_TRUNC "
		 "and O_CLOEXEC",
      .source = "man 2 open; POSIX.1-2017 open",
      .covers = COVERS("openat:O_CREAT", "openat:O_EXCL", "openat:O_NOFOLLOW", "openat:O_APPEND",
		       "openat:O_DIRECTORY", "openat:O_TRUNC", "openat:O_CLOEXEC"),
      .call = {CALL(SYS_open), CALL(SYS_openat)}, .setup = setup, .run = run);
