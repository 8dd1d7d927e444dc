/* SPDX-License-Identifier: MIT */
#include <sys/socket.h>

#include "probe.h"
#include "lib/netpair.h"

static int tcp[2];

static void setup(void)
{
	tcp_pair(tcp);
	SETUP_OK(shutdown(tcp[1], SHUT_WR));
	signal_watch(SIGPIPE);
}

static void run(void)
{
	EXPECT_ERRNO(send(tcp[1], "x", 1, MSG_NOSIGNAL), EPIPE);
	EXPECT_EQ(signal_count(SIGPIPE), 0);
	EXPECT_ERRNO(send(tcp[1], "x", 1, 0), EPIPE);
	EXPECT(signal_count(SIGPIPE) == 1, "sending raised SIGPIPE %d times, expected 1",
	       signal_count(SIGPIPE));
}

PROBE(.promise = "Sending on a TCP connection shut down for writing is EPIPE and SIGPIPE, without "
		 "the signal "
		 "under MSG_NOSIGNAL",
      .source = "man 2 send; POSIX.1-2017 send",
      .covers = COVERS("sendto:MSG_NOSIGNAL", "sendto:EPIPE"), .call = {CALL(SYS_sendto)},
      .setup = setup, .run = run);
