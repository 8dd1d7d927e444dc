/* SPDX-License-Identifier: MIT */
#include <poll.h>

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
	char c;

	REQUIRE_OK(shutdown(tcp[0], SHUT_RD));
	EXPECT_EQ(wait_events_ms(tcp[0], POLLIN, 0), POLLIN);
	EXPECT_EQ(read(tcp[0], &c, 1), 0);
	EXPECT_EQ(read(tcp[0], &c, 1), 0);
	/* The other direction lives. */
	expect_joined(tcp[0], tcp[1]);
}

PROBE(.promise = "After shutdown of reading, a read gives 0 at once, poll says so, and writing "
		 "goes on; sshd closes one half of a channel so",
      .source = "man 2 shutdown; POSIX.1-2017 shutdown", .covers = COVERS("shutdown:SHUT_RD"),
      .call = {CALL(SYS_shutdown)}, .setup = setup, .run = run);
