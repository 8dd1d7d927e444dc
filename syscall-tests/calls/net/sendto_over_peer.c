/* SPDX-License-Identifier: MIT */
#include <poll.h>

#include "probe.h"
#include "lib/netpair.h"

static struct sockaddr_in peer_addr, other_addr;
static int fd, peer, other;

static void setup(void)
{
	peer = udp_bound(&peer_addr);
	other = udp_bound(&other_addr);
	fd = udp_connected(&peer_addr);
}

static void expect_text(int at, const char *text)
{
	char buf[8] = "";

	REQUIRE(wait_events(at, POLLIN) & POLLIN, "the datagram \"%s\" did not arrive", text);
	EXPECT_EQ(recv(at, buf, sizeof(buf) - 1, MSG_DONTWAIT), 5);
	EXPECT_STR(buf, text);
}

static void run(void)
{
	REQUIRE_EQ(sendto(fd, "other", 5, 0, (struct sockaddr *)&other_addr, sizeof(other_addr)),
		   5);
	expect_text(other, "other");
	/* For this one alone. */
	REQUIRE_EQ(send(fd, "peers", 5, 0), 5);
	expect_text(peer, "peers");
}

PROBE(.promise = "sendto with an address on a connected UDP socket sends there, and leaves the "
		 "peer what it was",
      .source = "man 7 udp", .covers = COVERS("sendto", "connect:SOCK_DGRAM"),
      .call = {CALL(SYS_sendto)}, .setup = setup, .run = run);
