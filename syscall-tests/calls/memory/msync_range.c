/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sys/mman.h>

#include "probe.h"

enum { PAGE = 4096 };

static const char *path;
static char *zone;

static void setup(void)
{
	int fd;

	path = tmp_file("file", "0123", 4, 0600);
	fd = (int)SETUP_OK(open(path, O_RDWR | O_CLOEXEC));
	SETUP_OK(ftruncate(fd, 3 * PAGE));
	zone = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	SETUP(zone != MAP_FAILED, "mmap: %s", errno_name(errno));
	SETUP_OK(munmap(zone + PAGE, PAGE));
	/* The mapping holds the file. */
	SETUP_OK(close(fd));
}

static void run(void)
{
	char buf[4] = "";
	int fd;

	zone[1] = 'w';
	zone[2 * PAGE] = 'z';
	EXPECT_OK(msync(zone, PAGE, MS_SYNC));
	EXPECT_OK(msync(zone + 2 * PAGE, PAGE, MS_ASYNC));
	EXPECT_ERRNO(msync(zone, 3 * PAGE, MS_SYNC), ENOMEM);
	EXPECT_ERRNO(msync(zone + 1, PAGE, MS_SYNC), EINVAL);
	EXPECT_ERRNO(msync(zone, PAGE, MS_SYNC | MS_ASYNC), EINVAL);
	fd = (int)SETUP_OK(open(path, O_RDONLY | O_CLOEXEC));
	SETUP_EQ(pread(fd, buf, 4, 0), 4);
	EXPECT_BYTES(buf, "0w23", 4);
	SETUP_EQ(pread(fd, buf, 1, 2L * PAGE), 1);
	EXPECT_EQ(buf[0], 'z');
}

PROBE(.promise = "msync writes a mapping whose descriptor is closed, and refuses holes (ENOMEM), "
		 "addresses inside a page and contrary flags (EINVAL): databases commit so",
      .source = "man 2 msync; POSIX.1-2017 msync", .covers = COVERS("msync", "msync:ENOMEM"),
      .call = {CALL(SYS_msync)}, .setup = setup, .run = run);
