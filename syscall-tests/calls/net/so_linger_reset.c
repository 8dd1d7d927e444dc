/* SPDX-License-Identifier: MIT */
#include <poll.h>

#include "probe.h"
#include "lib/netpair.h"

static int tcp[2];

static void setup(void)
{
	tcp_pair(tcp);
	signal_watch(SIGPIPE);
}

static void run(void)
{
	struct linger reset = {1, 0}, got = {7, 7};
	socklen_t len = sizeof(got);
	char c;

	REQUIRE_OK(setsockopt(tcp[1], SOL_SOCKET, SO_LINGER, &reset, sizeof(reset)));
	EXPECT_OK(getsockopt(tcp[1], SOL_SOCKET, SO_LINGER, &got, &len));
	EXPECT_EQ(got.l_onoff, 1);
	EXPECT_EQ(got.l_linger, 0);
	SETUP_OK(close(tcp[1]));
	EXPECT(wait_events(tcp[0], POLLIN) & POLLERR, "poll reports no error after a reset");
	EXPECT_ERRNO(read(tcp[0], &c, 1), ECONNRESET);
	EXPECT_EQ(read(tcp[0], &c, 1), 0);
	EXPECT_ERRNO(write(tcp[0], "x", 1), EPIPE);
	EXPECT_EQ(signal_count(SIGPIPE), 1);
}

PROBE(.promise = "Closing with a linger time of 0 resets the connection: the peer reads "
		 "ECONNRESET, once, "
		 "and then writes into EPIPE and SIGPIPE",
      .source = "man 7 socket; POSIX.1-2017 2.10.16",
      .covers = COVERS("setsockopt:SO_LINGER", "read:ECONNRESET"),
      .call = {CALL_SETSOCKOPT(SOL_SOCKET, SO_LINGER)}, .setup = setup, .run = run);
