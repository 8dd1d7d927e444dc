/* SPDX-License-Identifier: MIT */
#include <poll.h>

#include "probe.h"
#include "lib/netpair.h"

enum { SIZE = 300000 };

static unsigned char sent[SIZE], got[SIZE];
static int tcp[2];

static void setup(void)
{
	pattern_fill(sent, SIZE, 0);
	tcp_pair(tcp);
}

/* Sends back what came, in pieces of odd size. */
static void echo(void *arg)
{
	static char piece[7001];
	ssize_t n;

	SETUP_OK(close(tcp[0]));
	while ((n = read(tcp[1], piece, sizeof(piece))) > 0)
		SETUP(write_full(tcp[1], piece, (size_t)n) == 0, "writing back: %s",
		      errno_name(errno));
}

static void run(void)
{
	pid_t pid = child_start(echo, NULL);
	size_t out = 0, in = 0;

	SETUP_OK(close(tcp[1]));
	while (in < SIZE) {
		int events = wait_events(tcp[0], out < SIZE ? POLLIN | POLLOUT : POLLIN);
		ssize_t n;

		REQUIRE(events & (POLLIN | POLLOUT), "stuck with %zu bytes out and %zu back", out,
			in);
		if (events & POLLIN) {
			n = recv(tcp[0], got + in, SIZE - in, MSG_DONTWAIT);
			REQUIRE(n > 0, "reading ended with %zd after %zu bytes, %s", n, in,
				errno_name(errno));
			in += (size_t)n;
		} else {
			n = send(tcp[0], sent + out, SIZE - out, MSG_DONTWAIT);
			REQUIRE(n > 0, "writing ended with %zd after %zu bytes, %s", n, out,
				errno_name(errno));
			out += (size_t)n;
		}
	}
	EXPECT(out == SIZE, "%zu bytes came back, of %zu that were sent", in, out);
	EXPECT_EQ(pattern_check(got, SIZE, 0), SIZE);
	SETUP_OK(close(tcp[0]));
	child_end(pid);
}

PROBE(.promise =
	      "300 kB there and back over a TCP connection, both directions full at once, arrive "
	      "unchanged",
      .source = "man 7 tcp; man 2 send",
      .covers = COVERS("sendto:MSG_DONTWAIT", "recvfrom:MSG_DONTWAIT"), .limit_ms = 4000,
      .call = {CALL(SYS_sendto)}, .setup = setup, .run = run);
