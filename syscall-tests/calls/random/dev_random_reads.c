/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "probe.h"

enum { KEY = 64 };

static void setup(void)
{
	interrupt_when_late();
}

static void run(void)
{
	int fd = (int)REQUIRE_OK(open("/dev/random", O_RDONLY | O_CLOEXEC));
	unsigned char *one = guard_buf(KEY), *two = guard_buf(KEY);
	struct stat st = {0};

	EXPECT_OK(fstat(fd, &st));
	EXPECT_EQ(st.st_mode & S_IFMT, S_IFCHR);
	EXPECT_EQ(major(st.st_rdev), 1);
	EXPECT_EQ(minor(st.st_rdev), 8);
	memset(one, 0, KEY);
	memset(two, 0, KEY);
	REQUIRE_EQ(read(fd, one, KEY), KEY);
	REQUIRE_EQ(read(fd, two, KEY), KEY);
	EXPECT(memcmp(one, two, KEY), "two reads gave the same %d bytes", KEY);
}

PROBE(.promise = "/dev/random gives bytes, other ones each time, and does not wait for more noise: "
		 "key generators still ask it",
      .source = "man 4 random; man 7 random", .covers = COVERS("openat:/dev/random", "read"),
      .call = {CALL(SYS_open), CALL(SYS_openat)}, .setup = setup, .run = run);
