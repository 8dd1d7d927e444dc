/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>

#include "probe.h"

enum { SIZE = 20000, START = 100 };

static unsigned char bytes[SIZE], got[SIZE];
static int file, fds[2], sv[2];

static void setup(void)
{
	pattern_fill(bytes, SIZE, 0);
	file = (int)SETUP_OK(open(tmp_file("file", bytes, SIZE, 0600), O_RDONLY | O_CLOEXEC));
	SETUP_OK(pipe2(fds, O_CLOEXEC));
	SETUP_OK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sv));
}

/* All that was put into the pipe. */
static void pass_on(ssize_t left)
{
	while (left > 0) {
		ssize_t n = splice(fds[0], NULL, sv[0], NULL, (size_t)left, 0);

		REQUIRE(n > 0 && n <= left, "of %zd bytes in the pipe splice took %zd, %s", left, n,
			errno_name(errno));
		left -= n;
	}
}

static void run(void)
{
	off_t at = START;
	ssize_t n, total = START;

	interrupt_when_late();
	while ((n = splice(file, &at, fds[1], NULL, SIZE, 0)) > 0) {
		total += n;
		REQUIRE_EQ(at, total);
		pass_on(n);
	}
	EXPECT(n == 0, "at the end of the file splice gave %zd, %s", n, errno_name(errno));
	EXPECT_EQ(total, SIZE);
	EXPECT_EQ(lseek(file, 0, SEEK_CUR), 0);
	EXPECT_EQ(read_full(sv[1], got, SIZE - START), SIZE - START);
	EXPECT_EQ(pattern_check(got, SIZE - START, START), SIZE - START);
	EXPECT_EQ(wait_events_ms(sv[1], POLLIN, 0), 0);
	EXPECT_ERRNO(splice(file, NULL, sv[0], NULL, 1, 0), EINVAL);
	EXPECT_ERRNO(splice(file, &at, fds[1], &(off_t){0}, 1, 0), ESPIPE);
}

PROBE(.promise = "splice moves a file's bytes into a pipe and the pipe's into a socket, none lost, "
		 "and tells how many; one of its ends is a pipe. haproxy forwards so",
      .source = "man 2 splice", .covers = COVERS("splice"), .call = {CALL(SYS_splice)},
      .setup = setup, .run = run);
