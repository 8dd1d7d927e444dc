/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sys/stat.h>

#include "probe.h"

static int folder, file;

static void setup(void)
{
	SETUP_OK(mkdir(tmp_path("folder"), 0755));
	file = (int)SETUP_OK(
		open(tmp_file("folder/file", "0123456789", 10, 0640), O_RDONLY | O_CLOEXEC));
	SETUP_OK(symlink("file", tmp_path("folder/link")));
	folder = (int)SETUP_OK(open(tmp_path("folder"), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

/* The call itself: the library has shorter ways for some of these. */
static int at(int fd, const char *path, struct stat *st, int flags)
{
	return (int)syscall(SYS_newfstatat, fd, path, st, flags);
}

static void run(void)
{
	struct stat st = {0}, seen = {0};

	REQUIRE_OK(at(folder, "link", &st, 0));
	EXPECT_EQ(st.st_mode, S_IFREG | 0640);
	EXPECT_EQ(st.st_size, 10);
	REQUIRE_OK(at(folder, "link", &seen, AT_SYMLINK_NOFOLLOW));
	EXPECT_EQ(seen.st_mode & S_IFMT, S_IFLNK);
	EXPECT_EQ(seen.st_size, 4);
	REQUIRE_OK(at(file, "", &seen, AT_EMPTY_PATH));
	EXPECT_EQ(seen.st_ino, st.st_ino);
	REQUIRE_OK(at(-1, tmp_path("folder/file"), &seen, 0));
	EXPECT_EQ(seen.st_ino, st.st_ino);
	EXPECT_ERRNO(at(file, "below", &seen, 0), ENOTDIR);
	EXPECT_ERRNO(at(999, "file", &seen, 0), EBADF);
	EXPECT_ERRNO(at(folder, "file", &seen, 0x40000), EINVAL);
}

PROBE(.promise = "newfstatat looks below a directory's descriptor, at a link itself if asked, and "
		 "with AT_EMPTY_PATH at the descriptor; it is how a glibc program stats",
      .source = "man 2 fstatat; POSIX.1-2017 fstatat",
      .covers = COVERS("newfstatat", "newfstatat:AT_SYMLINK_NOFOLLOW", "newfstatat:AT_EMPTY_PATH"),
      .call = {CALL(SYS_newfstatat)}, .setup = setup, .run = run);
