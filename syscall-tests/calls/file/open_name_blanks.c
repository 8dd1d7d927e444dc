/* SPDX-License-Identifier: MIT */
#include <fcntl.h>

#include "probe.h"

static const char *const names[] = {"a", "a ", " a", " ", "a\t", "\n"};
enum { NAMES = 6 };

static const char *path[NAMES];

static void setup(void)
{
	for (int i = 0; i < NAMES; i++)
		path[i] = tmp_path(names[i]);
}

static void run(void)
{
	int fd;

	for (int i = 0; i < NAMES; i++) {
		fd = (int)REQUIRE_OK(open(path[i], O_RDWR | O_CREAT | O_EXCL, 0600));
		EXPECT_EQ(write(fd, &"012345"[i], 1), 1);
	}
	for (int i = 0; i < NAMES; i++) {
		char c = 0;

		fd = (int)REQUIRE_OK(open(path[i], O_RDONLY));
		EXPECT_EQ(read(fd, &c, 1), 1);
		EXPECT_EQ(c, "012345"[i]);
	}
	EXPECT_ERRNO(open(tmp_path("a  "), O_RDONLY), ENOENT);
}

PROBE(.promise = "A blank in a name is a byte like others, also at its start and its end: such "
		 "names are those of different files",
      .source = "POSIX.1-2017 3.170 (Filename), open; man 7 path_resolution",
      .covers = COVERS("openat", "openat:O_CREAT"), .call = {CALL(SYS_open), CALL(SYS_openat)},
      .setup = setup, .run = run);
