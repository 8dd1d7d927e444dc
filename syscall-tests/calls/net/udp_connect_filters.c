/* SPDX-License-Identifier: MIT */
#include <poll.h>

#include "probe.h"
#include "lib/netpair.h"

static struct sockaddr_in addr, peer_addr, strange_addr;
static int fd, peer, stranger;

static void setup(void)
{
	fd = udp_bound(&addr);
	peer = udp_bound(&peer_addr);
	stranger = udp_bound(&strange_addr);
}

static void send_to_it(int from, const char *text)
{
	SETUP_EQ(sendto(from, text, 4, 0, (struct sockaddr *)&addr, sizeof(addr)), 4);
}

static void run(void)
{
	char buf[8] = "";

	REQUIRE_OK(connect(fd, (struct sockaddr *)&peer_addr, sizeof(peer_addr)));
	send_to_it(stranger, "evil");
	send_to_it(peer, "good");
	REQUIRE(wait_events(fd, POLLIN) & POLLIN, "the peer's datagram did not come");
	EXPECT_EQ(recv(fd, buf, sizeof(buf), MSG_DONTWAIT), 4);
	EXPECT_BYTES(buf, "good", 4);
	EXPECT_ERRNO(recv(fd, buf, sizeof(buf), MSG_DONTWAIT), EAGAIN);
}

PROBE(.promise = "A connected datagram socket receives from its peer alone: who does not know the "
		 "port cannot answer a resolver's question",
      .source = "man 2 connect; POSIX.1-2017 connect", .covers = COVERS("connect:SOCK_DGRAM"),
      .call = {CALL(SYS_connect)}, .setup = setup, .run = run);
