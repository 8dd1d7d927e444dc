/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sys/stat.h>

#include "probe.h"
#include "lib/user.h"

enum { LONG_AGO = 1111111111 };

static const char *shared_file, *closed_file;

static void make_old(const char *path)
{
	struct timespec times[2] = {{LONG_AGO, 0}, {LONG_AGO, 0}};

	SETUP_OK(utimensat(AT_FDCWD, path, times, 0));
}

static void setup(void)
{
	shared_file = tmp_file("shared", "x", 1, 0666);
	closed_file = tmp_file("closed", "x", 1, 0644);
	make_old(shared_file);
	make_old(closed_file);
}

static int set_times(const char *path, const struct timespec *times)
{
	return (int)syscall(SYS_utimensat, AT_FDCWD, path, times, 0);
}

static void user(void *arg)
{
	struct timespec times[2] = {{1000000000, 0}, {1000000000, 0}};
	struct timespec half[2] = {{0, UTIME_NOW}, {0, UTIME_OMIT}};
	struct stat st = {0};

	EXPECT_ERRNO(set_times(shared_file, times), EPERM);
	EXPECT_ERRNO(set_times(shared_file, half), EPERM);
	EXPECT_ERRNO(set_times(closed_file, NULL), EACCES);
	EXPECT_OK(stat(closed_file, &st));
	EXPECT_EQ(st.st_mtim.tv_sec, LONG_AGO);
	REQUIRE_OK(set_times(shared_file, NULL));
	EXPECT_OK(stat(shared_file, &st));
	EXPECT_EQ(st.st_size, 1);
	EXPECT(st.st_mtim.tv_sec != LONG_AGO && st.st_atim.tv_sec != LONG_AGO,
	       "touching a file did not set its times");
}

static void run(void)
{
	as_user(user, NULL);
}

PROBE(.promise =
	      "Who may write a file may set its times to now; any other times are its owner's to "
	      "set (EPERM)",
      .source = "man 2 utimensat (permissions); POSIX.1-2017 futimens",
      .covers = COVERS("utimensat", "utimensat:EPERM"), .needs = NEEDS("root"),
      .call = {CALL(SYS_utimensat)}, .setup = setup, .run = run);
