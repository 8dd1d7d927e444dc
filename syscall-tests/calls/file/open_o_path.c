/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sys/stat.h>

#include "probe.h"

static const char *path, *link_path, *folder;

static void setup(void)
{
	folder = tmp_path("folder");
	SETUP_OK(mkdir(folder, 0700));
	path = tmp_file("folder/file", "0123456789", 10, 0640);
	link_path = tmp_path("folder/link");
	SETUP_OK(symlink("file", link_path));
}

/* The calls themselves: the library goes by /proc where the kernel answers EBADF. */
static int kernel_fstat(int fd, struct stat *st)
{
	return (int)syscall(SYS_fstat, fd, st);
}

static void run(void)
{
	struct stat st = {0};
	char buf[16] = "";
	int fd = (int)REQUIRE_OK(open(path, O_PATH | O_CLOEXEC));

	EXPECT_ERRNO(read(fd, buf, sizeof(buf)), EBADF);
	EXPECT_ERRNO(write(fd, "x", 1), EBADF);
	EXPECT_ERRNO(syscall(SYS_fchmod, fd, 0600), EBADF);
	EXPECT_OK(kernel_fstat(fd, &st));
	EXPECT_EQ(st.st_mode, S_IFREG | 0640);
	EXPECT_EQ(st.st_size, 10);

	fd = (int)REQUIRE_OK(open(link_path, O_PATH | O_NOFOLLOW | O_CLOEXEC));
	EXPECT_OK(kernel_fstat(fd, &st));
	EXPECT_EQ(st.st_mode & S_IFMT, S_IFLNK);

	fd = (int)REQUIRE_OK(open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC));
	fd = (int)REQUIRE_OK(openat(fd, "link", O_RDONLY | O_CLOEXEC));
	EXPECT_EQ(read(fd, buf, sizeof(buf)), 10);
	EXPECT_BYTES(buf, "0123456789", 10);
}

PROBE(.promise = "O_PATH holds a place in the file system, of a link too, to stat it and to open "
		 "below it; it neither reads nor writes nor changes the file",
      .source = "man 2 open (O_PATH)", .covers = COVERS("openat:O_PATH", "openat:O_NOFOLLOW"),
      .call = {CALL(SYS_open), CALL(SYS_openat)}, .setup = setup, .run = run);
