/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sys/stat.h>

#include "probe.h"

#ifndef SYS_statx
#define SYS_statx 332
#endif

/* The kernel's struct statx, whose header does not go with the library's. */
struct kernel_statx {
	uint32_t mask, blksize;
	uint64_t attributes;
	uint32_t nlink, uid, gid;
	uint16_t mode, pad;
	uint64_t ino, size, blocks, attributes_mask;
	struct {
		int64_t sec;
		uint32_t nsec;
		int32_t pad;
	} atime, btime, ctime, mtime;
	uint32_t rdev_major, rdev_minor, dev_major, dev_minor;
	uint64_t spare[14];
};
_Static_assert(sizeof(struct kernel_statx) == 256, "the size is the kernel's");

enum { BASIC = 0x7ff };

static const char *path, *link_path;

static void setup(void)
{
	struct timespec times[2] = {{1000000000, 0}, {1234567890, 0}};

	path = tmp_file("file", "0123456789", 10, 0640);
	link_path = tmp_path("link");
	SETUP_OK(symlink("file", link_path));
	SETUP_OK(utimensat(AT_FDCWD, path, times, 0));
}

static void run(void)
{
	struct kernel_statx sx = {0};
	struct stat st = {0};
	int fd = (int)SETUP_OK(open(path, O_RDONLY | O_CLOEXEC));

	SETUP_OK(stat(path, &st));
	REQUIRE_OK(syscall(SYS_statx, AT_FDCWD, path, 0, BASIC, &sx));
	EXPECT_EQ(sx.mask & BASIC, BASIC);
	EXPECT_EQ(sx.mode, S_IFREG | 0640);
	EXPECT_EQ(sx.nlink, 1);
	EXPECT_EQ(sx.size, 10);
	EXPECT_EQ(sx.ino, st.st_ino);
	EXPECT_EQ(sx.uid, st.st_uid);
	EXPECT_EQ(sx.mtime.sec, 1234567890);
	EXPECT_EQ(sx.atime.sec, 1000000000);

	sx = (struct kernel_statx){0};
	REQUIRE_OK(syscall(SYS_statx, fd, "", AT_EMPTY_PATH, BASIC, &sx));
	EXPECT_EQ(sx.ino, st.st_ino);
	REQUIRE_OK(syscall(SYS_statx, AT_FDCWD, link_path, AT_SYMLINK_NOFOLLOW, BASIC, &sx));
	EXPECT_EQ(sx.mode & S_IFMT, S_IFLNK);
	EXPECT_ERRNO(syscall(SYS_statx, AT_FDCWD, path, 0, 1u << 31, &sx), EINVAL);
}

PROBE(.promise = "statx tells of a file, of a link itself and of an open descriptor what stat "
		 "does; coreutils' ls and stat ask nothing else",
      .source = "man 2 statx", .covers = COVERS("statx", "statx:AT_EMPTY_PATH"),
      .call = {CALL(SYS_statx)}, .setup = setup, .run = run);
