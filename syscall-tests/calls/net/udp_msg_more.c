/* SPDX-License-Identifier: MIT */
#include <poll.h>

#include "probe.h"
#include "lib/netpair.h"

static struct sockaddr_in addr;
static int fd, from;

static void setup(void)
{
	fd = udp_bound(&addr);
	from = (int)SETUP_OK(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
	SETUP_OK(connect(from, (struct sockaddr *)&addr, sizeof(addr)));
}

static void run(void)
{
	char buf[16] = "";

	REQUIRE_EQ(send(from, "head", 4, MSG_MORE), 4);
	REQUIRE_EQ(send(from, "er", 2, MSG_MORE), 2);
	EXPECT_EQ(wait_events_ms(fd, POLLIN, 2), 0);
	REQUIRE_EQ(send(from, "tail", 4, 0), 4);
	REQUIRE(wait_events(fd, POLLIN) & POLLIN, "nothing came");
	EXPECT_EQ(recv(fd, buf, sizeof(buf) - 1, MSG_DONTWAIT), 10);
	EXPECT_STR(buf, "headertail");
}

PROBE(.promise = "What is sent over UDP with MSG_MORE goes out as one datagram with the send that "
		 "has no such flag",
      .source = "man 2 send (MSG_MORE); man 7 udp", .covers = COVERS("sendto:MSG_MORE"),
      .call = {CALL(SYS_sendto)}, .setup = setup, .run = run);
