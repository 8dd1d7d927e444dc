/* SPDX-License-Identifier: MIT */
#include <poll.h>
#include <sys/time.h>

#include "probe.h"
#include "lib/netpair.h"

/* A kernel counts whole ticks, of 10 ms at most, and the first of them may be all but over. */
enum { LIMIT_US = 20000, ENOUGH_US = LIMIT_US / 2 };

static int tcp[2];

static void setup(void)
{
	tcp_pair(tcp);
	interrupt_when_late();
}

static uint64_t read_us(void)
{
	uint64_t start = now_us();
	char c;

	EXPECT_ERRNO(read(tcp[0], &c, 1), EAGAIN);
	return now_us() - start;
}

static void run(void)
{
	struct timeval limit = {.tv_usec = LIMIT_US}, got = {7, 7};
	socklen_t len = sizeof(got);
	uint64_t waited;
	char c;

	REQUIRE_OK(setsockopt(tcp[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)));
	REQUIRE_OK(getsockopt(tcp[0], SOL_SOCKET, SO_RCVTIMEO, &got, &len));
	EXPECT_EQ(got.tv_sec, 0);
	REQUIRE(got.tv_usec >= LIMIT_US && got.tv_usec < 2 * LIMIT_US,
		"%d us were set, %ld are kept", LIMIT_US, (long)got.tv_usec);
	waited = longest_wait_us(read_us, ENOUGH_US);
	EXPECT(waited >= ENOUGH_US, "read gave up after %u us, %d were set", (unsigned)waited,
	       LIMIT_US);
	SETUP_EQ(write(tcp[1], "x", 1), 1);
	EXPECT_EQ(read(tcp[0], &c, 1), 1);
	limit.tv_usec = 1000000;
	EXPECT_ERRNO(setsockopt(tcp[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)), EDOM);
}

PROBE(.promise = "With SO_RCVTIMEO a blocking read gives up with EAGAIN, not before its time",
      .source = "man 7 socket; POSIX.1-2017 2.10.16", .covers = COVERS("setsockopt:SO_RCVTIMEO"),
      .call = {CALL_SETSOCKOPT(SOL_SOCKET, SO_RCVTIMEO)}, .setup = setup, .run = run);
