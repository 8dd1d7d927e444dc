/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <poll.h>
#include <sys/sendfile.h>

#include "probe.h"
#include "lib/netpair.h"

enum { SIZE = 200000, HEAD = 100 };

static unsigned char bytes[SIZE], got[SIZE];
static int file, tcp[2];

static void setup(void)
{
	pattern_fill(bytes, SIZE, 0);
	file = (int)SETUP_OK(open(tmp_file("body", bytes, SIZE, 0600), O_RDONLY | O_CLOEXEC));
	tcp_pair(tcp);
	SETUP_OK(fcntl(tcp[0], F_SETFL, O_NONBLOCK));
}

static void client(void *arg)
{
	SETUP_OK(close(tcp[0]));
	long n = read_full(tcp[1], got, SIZE);
	size_t good = pattern_check(got, n > 0 ? (size_t)n : 0, HEAD);

	EXPECT_EQ(n, SIZE - HEAD);
	EXPECT(read_ended(tcp[1]), "the end of the body never came");
	EXPECT(good == (size_t)n, "the first wrong byte of the body is at %zu of %ld", good, n);
}

static void run(void)
{
	pid_t pid = child_start(client, NULL);
	long sent = 0, n;

	/* As nginx does: an offset of its own for each call, whatever room there is, then wait. */
	while (sent < SIZE - HEAD) {
		REQUIRE(wait_events(tcp[0], POLLOUT) & POLLOUT, "no room after %ld bytes", sent);
		off_t offset = HEAD + sent;

		n = sendfile(tcp[0], file, &offset, (size_t)(SIZE - HEAD - sent));
		REQUIRE(n > 0 || (n < 0 && errno == EAGAIN), "after %ld bytes: %ld, %s", sent, n,
			errno_name(errno));
		if (n > 0)
			sent += n;
	}
	SETUP_OK(close(tcp[0]));
	child_end(pid);
}

PROBE(.promise =
	      "A file sent over a non-blocking TCP connection in as many calls as it takes arrives "
	      "whole and unchanged",
      .source = "man 2 sendfile", .covers = COVERS("sendfile", "sendfile:EAGAIN"), .limit_ms = 4000,
      .call = {CALL(SYS_sendfile)}, .setup = setup, .run = run);
