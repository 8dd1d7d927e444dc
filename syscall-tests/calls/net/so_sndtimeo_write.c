/* SPDX-License-Identifier: MIT */
#include "probe.h"
#include "lib/netpair.h"

enum { LIMIT_US = 20000 };

static char chunk[65536];
static int tcp[2];

static void setup(void)
{
	long sent = 0, n;

	tcp_pair(tcp);
	while ((n = send(tcp[0], chunk, sizeof(chunk), MSG_DONTWAIT)) > 0 && sent < 64 << 20)
		sent += n;
	SETUP(n == -1 && errno == EAGAIN, "filling the socket ended with %s", errno_name(errno));
	interrupt_when_late();
}

static void run(void)
{
	struct timeval limit = {.tv_usec = LIMIT_US};
	uint64_t start;
	long n;

	REQUIRE_OK(setsockopt(tcp[0], SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)));
	start = now_us();
	/* What is under way may make a little room; in the end there is none. */
	while ((n = write(tcp[0], chunk, sizeof(chunk))) > 0)
		start = now_us();
	EXPECT(n == -1 && errno == EAGAIN, "write to a full socket: expected EAGAIN, saw %s",
	       errno_name(errno));
	/* A kernel counts whole ticks, of 10 ms at most, and the first may be all but over. */
	EXPECT(now_us() - start >= LIMIT_US / 2, "write gave up after %u us, %d were set",
	       (unsigned)(now_us() - start), LIMIT_US);
}

PROBE(.promise = "With SO_SNDTIMEO a blocking write to a peer that does not read gives up with "
		 "EAGAIN, not before its time",
      .source = "man 7 socket; POSIX.1-2017 2.10.16", .covers = COVERS("setsockopt:SO_SNDTIMEO"),
      .call = {CALL_SETSOCKOPT(SOL_SOCKET, SO_SNDTIMEO)}, .setup = setup, .run = run);
