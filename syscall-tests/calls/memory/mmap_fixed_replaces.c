/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sys/mman.h>

#include "probe.h"

#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif

static char *zone;
static int fd;

static void setup(void)
{
	static char bytes[8192];

	for (int i = 0; i < 8192; i++)
		bytes[i] = i < 4096 ? '1' : '2';
	fd = (int)SETUP_OK(open(tmp_file("file", bytes, 8192, 0600), O_RDONLY | O_CLOEXEC));
	zone = mmap(NULL, 4 * 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	SETUP(zone != MAP_FAILED, "mmap: %s", errno_name(errno));
}

static void *map(int page, int prot, int flags, int file, off_t offset)
{
	return mmap(zone + (ptrdiff_t)page * 4096, 4096, prot, MAP_PRIVATE | flags, file, offset);
}

/* As a dynamic loader lays out a library: room first, then its pieces into it. */
static void run(void)
{
	void *text = map(0, PROT_READ, MAP_FIXED, fd, 4096);
	void *data = map(1, PROT_READ | PROT_WRITE, MAP_FIXED, fd, 0);
	void *bss = map(2, PROT_READ | PROT_WRITE, MAP_FIXED | MAP_ANONYMOUS, -1, 0);
	void *refused;

	REQUIRE(text == zone && data == zone + 4096 && bss == zone + 8192,
		"MAP_FIXED did not map where it was told: %s", errno_name(errno));
	EXPECT_EQ(zone[0], '2');
	EXPECT_EQ(zone[4095], '2');
	EXPECT_EQ(zone[4096], '1');
	EXPECT_EQ(zone[8192], 0);
	zone[4096] = 'w';
	zone[8192] = 'b';
	data = map(2, PROT_READ, MAP_FIXED, fd, 0);
	REQUIRE(data == zone + 8192, "MAP_FIXED over a mapping: %s", errno_name(errno));
	EXPECT_EQ(zone[8192], '1');
	EXPECT_EQ(zone[4096], 'w');
	errno = 0;
	refused = map(1, PROT_READ, MAP_FIXED_NOREPLACE, fd, 0);
	EXPECT(refused == MAP_FAILED && errno == EEXIST,
	       "MAP_FIXED_NOREPLACE over a mapping: expected EEXIST, saw %s",
	       refused == MAP_FAILED ? errno_name(errno) : "success");
	EXPECT_EQ(zone[4096], 'w');
}

PROBE(.promise = "MAP_FIXED maps where it is told, in place of what is there, and of a file what "
		 "its offset says: so libraries are loaded",
      .source = "man 2 mmap; POSIX.1-2017 mmap",
      .covers = COVERS("mmap:MAP_FIXED", "mmap:MAP_FIXED_NOREPLACE"), .call = {CALL(SYS_mmap)},
      .setup = setup, .run = run);
