/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <string.h>

#include "probe.h"

enum { MOST_LINKS = 40 };

static int folder;

static void setup(void)
{
	tmp_file("file", "there", 5, 0600);
	SETUP_OK(symlink(".", tmp_path("dot")));
	folder = (int)SETUP_OK(open(tmp_path("."), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

static int open_behind(int links)
{
	char path[256];
	size_t len = 0;

	for (int i = 0; i < links; i++, len += 4)
		memcpy(path + len, "dot/", 4);
	memcpy(path + len, "file", 5);
	return openat(folder, path, O_RDONLY | O_CLOEXEC);
}

static void run(void)
{
	char buf[8] = "";
	int fd = (int)REQUIRE_OK(open_behind(MOST_LINKS));

	EXPECT_EQ(read(fd, buf, sizeof(buf)), 5);
	EXPECT_STR(buf, "there");
	EXPECT_ERRNO(open_behind(MOST_LINKS + 1), ELOOP);
}

PROBE(.promise = "A path may lead over 40 links, not over 41 (ELOOP)",
      .source = "man 7 path_resolution", .covers = COVERS("openat", "openat:ELOOP"),
      .call = {CALL(SYS_openat)}, .setup = setup, .run = run);
