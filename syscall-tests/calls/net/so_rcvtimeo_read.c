/* SPDX-License-Identifier: MIT */
#include <poll.h>
#include <sys/time.h>

#include "probe.h"
#include "lib/netpair.h"

static int tcp[2];

static void setup(void)
{
	tcp_pair(tcp);
	interrupt_when_late();
}

static void run(void)
{
	struct timeval limit = {.tv_usec = 20000}, got = {7, 7};
	socklen_t len = sizeof(got);
	uint64_t start;
	char c;

	REQUIRE_OK(setsockopt(tcp[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)));
	REQUIRE_OK(getsockopt(tcp[0], SOL_SOCKET, SO_RCVTIMEO, &got, &len));
	EXPECT_EQ(got.tv_sec, 0);
	REQUIRE(got.tv_usec >= 20000 && got.tv_usec < 40000, "20000 us were set, %ld are kept",
		(long)got.tv_usec);
	start = now_us();
	EXPECT_ERRNO(read(tcp[0], &c, 1), EAGAIN);
	/* A kernel counts whole ticks, of 10 ms at most, and the first of them may be all but over.
	 */
	EXPECT(now_us() - start >= 10000, "read gave up after %u us, 20000 were set",
	       (unsigned)(now_us() - start));
	SETUP_EQ(write(tcp[1], "x", 1), 1);
	EXPECT_EQ(read(tcp[0], &c, 1), 1);
	limit.tv_usec = 1000000;
	EXPECT_ERRNO(setsockopt(tcp[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)), EDOM);
}

PROBE(.promise = "With SO_RCVTIMEO a blocking read gives up with EAGAIN, not before its time",
      .source = "man 7 socket; POSIX.1-2017 2.10.16", .covers = COVERS("setsockopt:SO_RCVTIMEO"),
      .call = {CALL_SETSOCKOPT(SOL_SOCKET, SO_RCVTIMEO)}, .setup = setup, .run = run);
