/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sys/stat.h>

#include "probe.h"

enum { UNKNOWN = 0x40000 };

static const char *file;

static void setup(void)
{
	file = tmp_file("file", "0123456789", 10, 0600);
}

static void run(void)
{
	struct stat st = {0};

	EXPECT_ERRNO(unlinkat(AT_FDCWD, file, UNKNOWN), EINVAL);
	EXPECT_ERRNO(unlinkat(AT_FDCWD, file, AT_REMOVEDIR | AT_SYMLINK_FOLLOW), EINVAL);
	EXPECT_OK(lstat(file, &st));
	EXPECT_EQ(st.st_size, 10);
	EXPECT_OK(unlinkat(AT_FDCWD, file, 0));
	EXPECT_ERRNO(lstat(file, &st), ENOENT);
}

PROBE(.promise = "unlinkat removes nothing when it is asked for by flags that it does not know",
      .source = "man 2 unlinkat (EINVAL); POSIX.1-2017 unlinkat",
      .covers = COVERS("unlinkat", "unlinkat:EINVAL"), .call = {CALL(SYS_unlinkat)}, .setup = setup,
      .run = run);
