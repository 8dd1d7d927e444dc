/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sys/stat.h>

#include "probe.h"

enum { LONG_AGO = 1111111111 };

static const char *path;
static int fd;

static void setup(void)
{
	struct timespec times[2] = {{LONG_AGO, 0}, {LONG_AGO, 0}};
	struct stat st = {0};

	path = tmp_file("file", "x", 1, 0600);
	SETUP_OK(utimensat(AT_FDCWD, path, times, 0));
	SETUP_OK(stat(path, &st));
	SETUP_EQ(st.st_mtim.tv_sec, LONG_AGO);
	fd = (int)SETUP_OK(open(path, O_WRONLY | O_CLOEXEC));
}

static void run(void)
{
	struct stat st = {0};

	REQUIRE_EQ(write(fd, "y", 1), 1);
	SETUP_OK(stat(path, &st));
	SETUP(S_ISREG(st.st_mode), "stat tells mode 0%o", st.st_mode);
	EXPECT(st.st_mtim.tv_sec != LONG_AGO,
	       "after the write the time of modification is the old one");
	EXPECT(st.st_ctim.tv_sec >= st.st_mtim.tv_sec,
	       "the time of change is older than that of modification");
}

PROBE(.promise = "A write marks the file as modified; nginx tells by it whether a client's copy is "
		 "still good",
      .source = "man 2 write; POSIX.1-2017 write", .covers = COVERS("write", "stat"),
      .call = {CALL(SYS_write)}, .setup = setup, .run = run);
