/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sys/mman.h>

#include "probe.h"

static int read_only, write_only, fds[2];

static void setup(void)
{
	const char *path = tmp_file("file", "0123456789", 10, 0600);

	read_only = (int)SETUP_OK(open(path, O_RDONLY | O_CLOEXEC));
	write_only = (int)SETUP_OK(open(path, O_WRONLY | O_CLOEXEC));
	SETUP_OK(pipe(fds));
}

/* 0, or -1 with errno. */
static int map(size_t len, int prot, int flags, int fd, off_t offset)
{
	void *p = (void *)syscall(SYS_mmap, NULL, len, prot, flags, fd, offset);

	return p == MAP_FAILED ? -1 : 0;
}

static void run(void)
{
	EXPECT_OK(map(4096, PROT_READ, MAP_SHARED, read_only, 0));
	EXPECT_OK(map(4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, read_only, 0));
	EXPECT_ERRNO(map(4096, PROT_READ | PROT_WRITE, MAP_SHARED, read_only, 0), EACCES);
	EXPECT_ERRNO(map(4096, PROT_READ, MAP_PRIVATE, write_only, 0), EACCES);
	EXPECT_ERRNO(map(0, PROT_READ, MAP_PRIVATE, read_only, 0), EINVAL);
	EXPECT_ERRNO(map(4096, PROT_READ, MAP_PRIVATE, read_only, 100), EINVAL);
	EXPECT_ERRNO(map(4096, PROT_READ, 0, read_only, 0), EINVAL);
	EXPECT_ERRNO(map(4096, PROT_READ, MAP_PRIVATE, 999, 0), EBADF);
	EXPECT_ERRNO(map(4096, PROT_READ, MAP_PRIVATE, fds[0], 0), ENODEV);
	EXPECT_ERRNO(map((size_t)1 << 47, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), ENOMEM);
}

PROBE(.promise = "mmap refuses what the descriptor is not open for (EACCES), lengths and offsets "
		 "that are none (EINVAL), pipes (ENODEV), and more than there is room for (ENOMEM)",
      .source = "man 2 mmap; POSIX.1-2017 mmap", .covers = COVERS("mmap:EACCES", "mmap:EINVAL"),
      .call = {CALL(SYS_mmap)}, .setup = setup, .run = run);
