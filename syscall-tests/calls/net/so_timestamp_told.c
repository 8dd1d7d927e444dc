/* SPDX-License-Identifier: MIT */
#include <sys/time.h>

#include "probe.h"
#include "lib/control.h"
#include "lib/netpair.h"

/* Clocks may be set meanwhile, by a little. */
enum { SLACK_US = 1000000 };

static int udp[2];

static void setup(void)
{
	udp_pair(udp);
}

static long long wall_us(void)
{
	struct timeval now = {0};

	SETUP_OK(gettimeofday(&now, NULL));
	return now.tv_sec * 1000000ll + now.tv_usec;
}

static void run(void)
{
	struct timeval told = {0};
	long long before, after;

	REQUIRE_OK(opt_set(udp[0], SOL_SOCKET, SO_TIMESTAMP, 1));
	before = wall_us();
	SETUP_EQ(send(udp[1], "now", 3, 0), 3);
	REQUIRE(control_take(udp[0], "now", SOL_SOCKET, SCM_TIMESTAMP, &told, sizeof(told)),
		"a datagram came without SCM_TIMESTAMP");
	after = wall_us();
	EXPECT_BETWEEN(told.tv_sec * 1000000ll + told.tv_usec, before - SLACK_US, after + SLACK_US);
	EXPECT_BETWEEN(told.tv_usec, 0, 999999);
}

PROBE(.promise = "With SO_TIMESTAMP each datagram says when it came; ping and the time daemons "
		 "reckon with it",
      .source = "man 7 socket (SO_TIMESTAMP)",
      .covers = COVERS("setsockopt:SO_TIMESTAMP", "recvmsg:SCM_TIMESTAMP"),
      .call = {CALL_SETSOCKOPT(SOL_SOCKET, SO_TIMESTAMP)}, .setup = setup, .run = run);
