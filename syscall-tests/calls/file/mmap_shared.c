/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>

#include "probe.h"

static int fd;

static void setup(void)
{
	fd = (int)SETUP_OK(open(tmp_file("file", "0123456789", 10, 0600), O_RDWR | O_CLOEXEC));
}

static void *map(int flags, int file)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, flags, file, 0);

	REQUIRE(p != MAP_FAILED, "mmap: expected success, saw %s", errno_name(errno));
	REQUIRE(p != NULL, "mmap gave address 0");
	return p;
}

static char *zone, *own, *of_file;

static void in_child(void *arg)
{
	zone[0] = own[0] = of_file[1] = 'c';
}

static void run(void)
{
	char buf[10] = "";

	zone = map(MAP_SHARED | MAP_ANONYMOUS, -1);
	own = map(MAP_PRIVATE | MAP_ANONYMOUS, -1);
	of_file = map(MAP_SHARED, fd);
	EXPECT_EQ(zone[0], 0);
	zone[0] = own[0] = 'p';
	child_end(child_start(in_child, NULL));
	EXPECT_EQ(zone[0], 'c');
	EXPECT_EQ(own[0], 'p');
	EXPECT_EQ(of_file[1], 'c');
	/* The rest of the last page is zeros; reads see what was stored. */
	EXPECT_EQ(of_file[10], 0);
	EXPECT_EQ(pread(fd, buf, 10, 0), 10);
	EXPECT_BYTES(buf, "0c23456789", 10);
	SETUP_EQ(pwrite(fd, "w", 1, 5), 1);
	EXPECT_EQ(of_file[5], 'w');
}

PROBE(.promise =
	      "Shared mappings are one memory for parent, child and file; private ones are copied",
      .source = "man 2 mmap; POSIX.1-2017 mmap",
      .covers = COVERS("mmap:MAP_SHARED", "mmap:MAP_ANONYMOUS", "mmap:MAP_PRIVATE"),
      .call = {CALL(SYS_mmap)}, .setup = setup, .run = run);
