/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sys/stat.h>

#include "probe.h"

static const char *file, *link_path, *folder;
static int fd;

static void setup(void)
{
	file = tmp_file("file", "0123456789", 10, 0600);
	link_path = tmp_path("link");
	folder = tmp_path("folder");
	SETUP_OK(symlink("file", link_path));
	SETUP_OK(mkdir(folder, 0700));
	fd = (int)SETUP_OK(open(file, O_RDONLY | O_CLOEXEC));
}

static void run(void)
{
	struct stat st = {0};
	char buf[16] = "";

	REQUIRE_OK(truncate(file, 4));
	EXPECT_OK(fstat(fd, &st));
	EXPECT_EQ(st.st_size, 4);
	REQUIRE_OK(truncate(link_path, 8));
	EXPECT_EQ(pread(fd, buf, sizeof(buf), 0), 8);
	EXPECT_BYTES(buf, "0123\0\0\0\0", 8);
	EXPECT_ERRNO(truncate(file, -1), EINVAL);
	EXPECT_ERRNO(truncate(folder, 0), EISDIR);
	EXPECT_ERRNO(truncate(tmp_path("nothing"), 0), ENOENT);
	EXPECT_OK(lstat(link_path, &st));
	EXPECT_EQ(st.st_mode & S_IFMT, S_IFLNK);
}

PROBE(.promise = "truncate cuts a file off by its name, or by a link's, or lengthens it by zeros; "
		 "folders it refuses",
      .source = "man 2 truncate; POSIX.1-2017 truncate",
      .covers = COVERS("truncate", "truncate:EISDIR"), .call = {CALL(SYS_truncate)}, .setup = setup,
      .run = run);
