/* SPDX-License-Identifier: MIT */
#include <poll.h>

#include "probe.h"
#include "lib/netpair.h"

static struct sockaddr_in addr = {.sin_family = AF_INET};
static int fd, from;

static void setup(void)
{
	socklen_t len = sizeof(addr);

	fd = (int)SETUP_OK(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
	from = (int)SETUP_OK(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
	SETUP_OK(bind(fd, (struct sockaddr *)&addr, sizeof(addr)));
	SETUP_OK(getsockname(fd, (struct sockaddr *)&addr, &len));
	/* 127.255.255.255, the loopback network's. */
	addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK | 0xffffff);
}

static ssize_t send_all(void)
{
	return sendto(from, "all", 3, 0, (struct sockaddr *)&addr, sizeof(addr));
}

static void run(void)
{
	char buf[8] = "";

	EXPECT_EQ(opt_get(from, SOL_SOCKET, SO_BROADCAST), 0);
	EXPECT_ERRNO(send_all(), EACCES);
	REQUIRE_OK(opt_set(from, SOL_SOCKET, SO_BROADCAST, 1));
	EXPECT_EQ(opt_get(from, SOL_SOCKET, SO_BROADCAST), 1);
	REQUIRE_EQ(send_all(), 3);
	REQUIRE(wait_events(fd, POLLIN) & POLLIN, "the broadcast datagram did not arrive");
	EXPECT_EQ(recv(fd, buf, sizeof(buf) - 1, MSG_DONTWAIT), 3);
	EXPECT_STR(buf, "all");
}

PROBE(.promise = "Sending to a network's broadcast address is EACCES without SO_BROADCAST, and "
		 "works with it",
      .source = "man 7 socket (SO_BROADCAST); man 2 send (EACCES)",
      .covers = COVERS("setsockopt:SO_BROADCAST", "sendto:EACCES"),
      .call = {CALL_SETSOCKOPT(SOL_SOCKET, SO_BROADCAST), CALL(SYS_sendto)}, .setup = setup,
      .run = run);
