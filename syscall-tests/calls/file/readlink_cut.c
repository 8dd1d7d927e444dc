/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <sys/stat.h>

#include "probe.h"

static const char *to, *file;

static void setup(void)
{
	to = tmp_path("link");
	file = tmp_file("file", "x", 1, 0600);
	SETUP_OK(symlink("a/path/to/nowhere", to));
}

static void run(void)
{
	char *small = guard_buf(6), buf[64];
	struct stat st = {0};

	memset(buf, '#', sizeof(buf));
	REQUIRE_EQ(readlink(to, buf, sizeof(buf)), 17);
	EXPECT_BYTES(buf, "a/path/to/nowhere#", 18);
	EXPECT_EQ(readlink(to, small, 6), 6);
	EXPECT_BYTES(small, "a/path", 6);
	EXPECT_ERRNO(readlink(file, buf, sizeof(buf)), EINVAL);
	EXPECT_ERRNO(readlink(tmp_path("nothing"), buf, sizeof(buf)), ENOENT);
	EXPECT_ERRNO(syscall(SYS_readlink, to, buf, 0), EINVAL);
	EXPECT_OK(lstat(to, &st));
	EXPECT_EQ(st.st_size, 17);
}

PROBE(.promise = "readlink gives the text of a link without an end mark, as much of it as fits, "
		 "and EINVAL for what is no link",
      .source = "man 2 readlink; POSIX.1-2017 readlink",
      .covers = COVERS("readlink", "readlink:EINVAL", "lstat"),
      .call = {CALL(SYS_readlink), CALL(SYS_readlinkat)}, .setup = setup, .run = run);
