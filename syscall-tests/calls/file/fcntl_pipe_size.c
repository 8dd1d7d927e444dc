/* SPDX-License-Identifier: MIT */
#include <fcntl.h>

#include "probe.h"

static int fds[2], file;

static void setup(void)
{
	SETUP_OK(pipe2(fds, O_NONBLOCK));
	file = (int)SETUP_OK(open(tmp_file("file", "x", 1, 0600), O_RDONLY | O_CLOEXEC));
}

static long fill(void)
{
	static char block[4096];
	long total = 0, n;

	while ((n = write(fds[1], block, sizeof(block))) > 0 && total < 1 << 20)
		total += n;
	SETUP(n == -1 && errno == EAGAIN, "filling the pipe ended with %ld, %s", n,
	      errno_name(errno));
	return total;
}

static void run(void)
{
	long size = REQUIRE_OK(fcntl(fds[0], F_GETPIPE_SZ));

	EXPECT_EQ(fcntl(fds[1], F_GETPIPE_SZ), size);
	EXPECT_EQ(fill(), size);
	/* Who has very many pipes gets small ones. */
	if (size > 4096)
		EXPECT_ERRNO(fcntl(fds[1], F_SETPIPE_SZ, 4096), EBUSY);
	EXPECT_EQ(fcntl(fds[1], F_GETPIPE_SZ), size);
	EXPECT_ERRNO(fcntl(file, F_GETPIPE_SZ), EBADF);
}

PROBE(.promise = "F_GETPIPE_SZ tells how much a pipe holds, and a pipe cannot shrink below what it "
		 "holds; bash asks it of every pipe",
      .source = "man 2 fcntl; man 7 pipe", .covers = COVERS("fcntl:F_GETPIPE_SZ"),
      .call = {CALL_IF(SYS_fcntl, 1, F_GETPIPE_SZ)}, .setup = setup, .run = run);
