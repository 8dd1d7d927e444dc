/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sys/stat.h>

#include "probe.h"

static const char *path;

static void setup(void)
{
	path = tmp_file("file", "0123456789", 10, 0600);
}

static void run(void)
{
	enum { LOOKED_AT = O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND | O_NONBLOCK };
	int fd = (int)SETUP_OK(open(path, O_WRONLY | O_CLOEXEC));
	struct stat st = {0};
	char c;

	EXPECT_EQ(fcntl(fd, F_GETFL) & LOOKED_AT, O_WRONLY);
	REQUIRE_OK(fcntl(fd, F_SETFL, O_RDWR | O_CREAT | O_TRUNC | O_APPEND | O_NONBLOCK));
	EXPECT_EQ(fcntl(fd, F_GETFL) & LOOKED_AT, O_WRONLY | O_APPEND | O_NONBLOCK);
	EXPECT_ERRNO(read(fd, &c, 1), EBADF);
	/* It holds at once, and nothing was cut off. */
	EXPECT_EQ(write(fd, "end", 3), 3);
	EXPECT_OK(fstat(fd, &st));
	EXPECT_EQ(st.st_size, 13);
	REQUIRE_OK(fcntl(fd, F_SETFL, 0));
	EXPECT_EQ(fcntl(fd, F_GETFL) & LOOKED_AT, O_WRONLY);
	EXPECT_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
	SETUP_EQ(lseek(fd, 0, SEEK_SET), 0);
	EXPECT_EQ(write(fd, "abc", 3), 3);
	EXPECT_OK(fstat(fd, &st));
	EXPECT_EQ(st.st_size, 13);
}

PROBE(.promise = "F_SETFL turns O_APPEND and O_NONBLOCK on and off and passes over what was for "
		 "opening: how a file is accessed stays, and nothing is cut off",
      .source = "man 2 fcntl (F_SETFL); POSIX.1-2017 fcntl",
      .covers = COVERS("fcntl:F_SETFL", "fcntl:F_GETFL"),
      .call = {CALL_IF(SYS_fcntl, 1, F_SETFL), CALL_IF(SYS_fcntl, 1, F_GETFL)}, .setup = setup,
      .run = run);
