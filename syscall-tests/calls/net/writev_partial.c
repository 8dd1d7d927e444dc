/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <poll.h>
#include <sys/uio.h>

#include "probe.h"
#include "lib/netpair.h"

enum { PIECE = 200000, SMALL = 16384 };

static unsigned char bytes[3 * PIECE], got[6 * PIECE];
static int tcp[2];

static void setup(void)
{
	tcp_pair(tcp);
	pattern_fill(bytes, sizeof(bytes), 0);
	SETUP_OK(opt_set(tcp[0], SOL_SOCKET, SO_SNDBUF, SMALL));
	SETUP_OK(opt_set(tcp[1], SOL_SOCKET, SO_RCVBUF, 4 * SMALL));
	SETUP_OK(fcntl(tcp[0], F_SETFL, O_NONBLOCK));
	interrupt_when_late();
}

/* All of it from there on, in three pieces. */
static ssize_t offer(size_t from)
{
	struct iovec iov[3];
	size_t len = (sizeof(bytes) - from) / 3;

	for (int i = 0; i < 3; i++)
		iov[i] = (struct iovec){bytes + from + (size_t)i * len, len};
	return writev(tcp[0], iov, 3);
}

static void run(void)
{
	size_t sent = 0;
	ssize_t n = offer(0);

	REQUIRE(n > 0 && (size_t)n < sizeof(bytes) / 3 * 3,
		"of %zu bytes for a small buffer %zd were taken, %s", sizeof(bytes), n,
		errno_name(errno));
	for (sent = (size_t)n; sent < sizeof(bytes) - 2; sent += (size_t)n)
		if ((n = offer(sent)) <= 0)
			break;
	REQUIRE(n == -1 && errno == EAGAIN, "a full socket answered %zd, %s", n, errno_name(errno));
	EXPECT_EQ(read_full(tcp[1], got, sent), sent);
	EXPECT_EQ(pattern_check(got, sent, 0), sent);
	EXPECT_EQ(wait_events(tcp[0], POLLOUT), POLLOUT);
	n = offer(sent);
	REQUIRE(n > 0, "when there was room again, writev gave %zd, %s", n, errno_name(errno));
	EXPECT_EQ(read_full(tcp[1], got, (size_t)n), n);
	EXPECT_EQ(pattern_check(got, (size_t)n, sent), n);
}

PROBE(.promise = "A non-blocking writev takes what there is room for and tells exactly how much, "
		 "then EAGAIN: going on from there, nothing is lost or doubled; nginx lives on it",
      .source = "man 2 writev; POSIX.1-2017 writev, write",
      .covers = COVERS("writev", "writev:EAGAIN"), .call = {CALL(SYS_writev)}, .setup = setup,
      .run = run);
