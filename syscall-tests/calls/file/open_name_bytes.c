/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sys/stat.h>

#include "probe.h"

/* Latin-1, no character at all, UTF-8, a control character. */
static const char *const names[] = {"\xe4\xff", "\x80", "\xc3\xa4", "\x01"};
enum { NAMES = 4 };

static const char *path[NAMES];

static void setup(void)
{
	for (int i = 0; i < NAMES; i++)
		path[i] = tmp_path(names[i]);
}

static void run(void)
{
	struct stat st = {0};
	int fd;

	for (int i = 0; i < NAMES; i++) {
		fd = (int)REQUIRE_OK(open(path[i], O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
		EXPECT_EQ(write(fd, "0123456789", (size_t)i + 1), i + 1);
	}
	for (int i = 0; i < NAMES; i++) {
		EXPECT_OK(stat(path[i], &st));
		EXPECT_EQ(st.st_size, i + 1);
	}
	EXPECT_ERRNO(open(tmp_path("\xe4\xfe"), O_RDONLY), ENOENT);
}

PROBE(.promise = "A name is any bytes but the slash and 0, in whatever encoding: archives of other "
		 "systems unpack so",
      .source = "POSIX.1-2017 3.170 (Filename), open; man 7 path_resolution",
      .covers = COVERS("openat", "openat:O_CREAT"), .call = {CALL(SYS_open), CALL(SYS_openat)},
      .setup = setup, .run = run);
