/* SPDX-License-Identifier: MIT */
#include <poll.h>

#include "probe.h"
#include "lib/netpair.h"

static int fd;
static struct sockaddr_in nobody;

static void setup(void)
{
	int gone = udp_bound(&nobody);

	fd = (int)SETUP_OK(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
	SETUP_OK(close(gone));
}

static void run(void)
{
	struct sockaddr_in peer = {0};
	char c;

	REQUIRE_OK(connect(fd, (struct sockaddr *)&nobody, sizeof(nobody)));
	REQUIRE_EQ(send(fd, "x", 1, 0), 1);
	REQUIRE(wait_events(fd, POLLIN) & POLLERR, "nothing told that the port is unreachable");
	EXPECT_ERRNO(recv(fd, &c, 1, MSG_DONTWAIT), ECONNREFUSED);
	EXPECT_ERRNO(recv(fd, &c, 1, MSG_DONTWAIT), EAGAIN);
	EXPECT_OK(getpeername(fd, (struct sockaddr *)&peer, &(socklen_t){sizeof(peer)}));
	EXPECT_EQ(ntohs(peer.sin_port), ntohs(nobody.sin_port));
}

PROBE(.promise = "A connected UDP socket learns by ECONNREFUSED that nobody is there; resolvers "
		 "fall back on "
		 "it",
      .source = "man 7 udp; man 7 ip",
      .covers = COVERS("connect:SOCK_DGRAM", "recvfrom:ECONNREFUSED"), .call = {CALL(SYS_connect)},
      .setup = setup, .run = run);
