/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "probe.h"

enum { SIZE = 100 };

static int fd;

static void setup(void)
{
	char bytes[SIZE];

	memset(bytes, 'f', SIZE);
	fd = (int)SETUP_OK(open(tmp_file("file", bytes, SIZE, 0600), O_RDWR | O_CLOEXEC));
}

static void run(void)
{
	static char zeros[4096 - SIZE];
	char buf[SIZE] = "";
	struct stat st = {0};
	char *shared_one = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	char *own = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);

	REQUIRE(shared_one != MAP_FAILED && own != MAP_FAILED, "mmap: %s", errno_name(errno));
	REQUIRE(shared_one && own, "mmap gave address 0");
	EXPECT_EQ(own[SIZE - 1], 'f');
	EXPECT_BYTES(own + SIZE, zeros, sizeof(zeros));
	EXPECT_BYTES(shared_one + SIZE, zeros, sizeof(zeros));
	own[0] = 'p';
	own[SIZE] = 'p';
	shared_one[1] = 's';
	EXPECT_EQ(pread(fd, buf, SIZE, 0), SIZE);
	EXPECT_BYTES(buf, "fsff", 4);
	EXPECT_OK(fstat(fd, &st));
	EXPECT_EQ(st.st_size, SIZE);
	/* What is written comes through to who shares the file. */
	SETUP_EQ(pwrite(fd, "W", 1, 2), 1);
	EXPECT_EQ(shared_one[2], 'W');
	EXPECT_EQ(own[0], 'p');
}

PROBE(.promise = "The last page of a mapped file goes on with zeros; a shared mapping writes to "
		 "the file and sees it written, a private one keeps what it writes to itself",
      .source = "man 2 mmap; POSIX.1-2017 mmap",
      .covers = COVERS("mmap:MAP_SHARED", "mmap:MAP_PRIVATE"), .call = {CALL(SYS_mmap)},
      .setup = setup, .run = run);
