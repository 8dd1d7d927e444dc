/* SPDX-License-Identifier: MIT */
#include "probe.h"
#include "lib/netpair.h"

/* As in so_rcvtimeo_read. */
enum { LIMIT_US = 20000, ENOUGH_US = LIMIT_US / 2 };

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

/* How long the write took that found no room; what is under way may make a little before it. */
static uint64_t last_write_us(void)
{
	uint64_t start;
	long n;

	do {
		start = now_us();
		n = write(tcp[0], chunk, sizeof(chunk));
	} while (n > 0);
	EXPECT(n == -1 && errno == EAGAIN, "write to a full socket: expected EAGAIN, saw %s",
	       errno_name(errno));
	return now_us() - start;
}

static void run(void)
{
	struct timeval limit = {.tv_usec = LIMIT_US};
	uint64_t waited;

	REQUIRE_OK(setsockopt(tcp[0], SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)));
	waited = longest_wait_us(last_write_us, ENOUGH_US);
	EXPECT(waited >= ENOUGH_US, "write gave up after %u us, %d were set", (unsigned)waited,
	       LIMIT_US);
}

PROBE(.promise = "With SO_SNDTIMEO a blocking write to a peer that does not read gives up with "
		 "EAGAIN, not before its time",
      .source = "man 7 socket; POSIX.1-2017 2.10.16", .covers = COVERS("setsockopt:SO_SNDTIMEO"),
      .call = {CALL_SETSOCKOPT(SOL_SOCKET, SO_SNDTIMEO)}, .setup = setup, .run = run);
