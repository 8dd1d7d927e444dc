/* SPDX-License-Identifier: MIT */
#include <fcntl.h>

#include "probe.h"

enum { SIZE = 300000, BLOCK = 4096 };

static unsigned char got[SIZE];
static int fds[2];
static long filled;

static void setup(void)
{
	unsigned char block[BLOCK];
	long n = 0;

	SETUP_OK(pipe2(fds, O_NONBLOCK | O_CLOEXEC));
	for (; n >= 0 && filled<SIZE / 2; filled += n> 0 ? n : 0) {
		pattern_fill(block, BLOCK, (size_t)filled);
		n = write(fds[1], block, BLOCK);
	}
	SETUP(filled >= BLOCK, "the pipe takes %ld bytes only", filled);
}

static void run(void)
{
	long n, total = 0;

	while ((n = read(fds[0], got + total, (size_t)(SIZE - total))) > 0)
		total += n;
	EXPECT(n == -1 && errno == EAGAIN, "reading the pipe empty ended with %ld, %s", n,
	       errno_name(errno));
	EXPECT_EQ(total, filled);
	EXPECT_EQ(pattern_check(got, (size_t)total, 0), total);
}

PROBE(.promise = "A read that asks for more than a pipe holds takes what is there, also of a full "
		 "one, and loses nothing; large buffers read so",
      .source = "man 7 pipe; POSIX.1-2017 read", .covers = COVERS("read", "pipe2:O_NONBLOCK"),
      .call = {CALL(SYS_read)}, .setup = setup, .run = run);
