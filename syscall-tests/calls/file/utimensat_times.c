/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sys/stat.h>

#include "probe.h"

static const char *path;

static void setup(void)
{
	path = tmp_file("file", "x", 1, 0600);
}

static void run(void)
{
	struct timespec times[2] = {{1000000000, 123456789}, {1234567890, 0}};
	struct stat st = {0};
	int fd;

	REQUIRE_OK(utimensat(AT_FDCWD, path, times, 0));
	EXPECT_OK(stat(path, &st));
	EXPECT_EQ(st.st_atim.tv_sec, 1000000000);
	EXPECT_EQ(st.st_mtim.tv_sec, 1234567890);
	times[0].tv_nsec = UTIME_OMIT;
	times[1].tv_sec = 1111111111;
	fd = (int)SETUP_OK(open(path, O_WRONLY | O_CLOEXEC));
	REQUIRE_OK(futimens(fd, times));
	EXPECT_OK(stat(path, &st));
	EXPECT_EQ(st.st_atim.tv_sec, 1000000000);
	EXPECT_EQ(st.st_mtim.tv_sec, 1111111111);
	times[1].tv_nsec = 1000000000;
	EXPECT_ERRNO(utimensat(AT_FDCWD, path, times, 0), EINVAL);
}

PROBE(.promise = "utimensat sets the times of access and modification, or leaves one. What sftp "
		 "sets, nginx sends as Last-Modified",
      .source = "man 2 utimensat", .covers = COVERS("utimensat", "utimensat:UTIME_OMIT"),
      .call = {CALL(SYS_utimensat)}, .setup = setup, .run = run);
