/* SPDX-License-Identifier: MIT */
#include <poll.h>

#include "probe.h"
#include "lib/netpair.h"

static struct sockaddr_in addr, from_addr;
static int fd, from;

static void setup(void)
{
	fd = udp_bound(&addr);
	from = udp_bound(&from_addr);
	SETUP_EQ(sendto(from, "datagram", 8, 0, (struct sockaddr *)&addr, sizeof(addr)), 8);
	SETUP_EQ(sendto(from, "xy", 2, 0, (struct sockaddr *)&addr, sizeof(addr)), 2);
	SETUP(wait_events(fd, POLLIN) & POLLIN, "no datagram arrived");
}

static ssize_t take(char *buf, size_t len, int flags, struct sockaddr_in *who, socklen_t *who_len)
{
	return recvfrom(fd, buf, len, flags | MSG_DONTWAIT, (struct sockaddr *)who, who_len);
}

static void run(void)
{
	struct sockaddr_in who = {0}, little = {0}, nothing = {0};
	socklen_t len = sizeof(who), room = 4;
	char buf[9] = "";

	/* Of eight bytes four fit: all eight are counted, the rest is gone. */
	REQUIRE_EQ(take(buf, 4, MSG_TRUNC, &who, &len), 8);
	EXPECT_STR(buf, "data");
	EXPECT_EQ(len, (long)sizeof(who));
	EXPECT_BYTES(&who, &from_addr, 8);
	REQUIRE(wait_events(fd, POLLIN) & POLLIN, "the second datagram did not arrive");
	REQUIRE_EQ(take(buf, 8, 0, &little, &room), 2);
	EXPECT_BYTES(buf, "xy", 2);
	EXPECT_EQ(room, (long)sizeof(who));
	EXPECT_BYTES(&little, &from_addr, 4);
	EXPECT_BYTES((char *)&little + 4, &nothing, sizeof(nothing) - 4);
}

PROBE(.promise = "recvfrom tells who sent a datagram, no more of the address than there is room "
		 "for, and with MSG_TRUNC how long it was before it was cut",
      .source = "man 2 recvfrom; POSIX.1-2017 recvfrom",
      .covers = COVERS("recvfrom", "recvfrom:MSG_TRUNC"), .call = {CALL(SYS_recvfrom)},
      .setup = setup, .run = run);
