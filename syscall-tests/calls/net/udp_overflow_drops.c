/* SPDX-License-Identifier: MIT */
#include <poll.h>

#include "probe.h"
#include "lib/netpair.h"

enum { SIZE = 1000, SENT = 30, ROOM = 4096 };

static struct sockaddr_in addr, last_addr;
static int fd, from, last;

static void setup(void)
{
	fd = (int)SETUP_OK(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
	addr = loop4(0);
	last = udp_bound(&last_addr);
	from = (int)SETUP_OK(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
	interrupt_when_late();
}

static ssize_t send_to(const struct sockaddr_in *to, int number)
{
	char bytes[SIZE] = {(char)number};

	return sendto(from, bytes, SIZE, 0, (const struct sockaddr *)to, sizeof(*to));
}

static void run(void)
{
	char got[SIZE];
	socklen_t len = sizeof(addr);
	int n = 0, before = -1;

	REQUIRE_OK(opt_set(fd, SOL_SOCKET, SO_RCVBUF, ROOM));
	SETUP_OK(bind(fd, (struct sockaddr *)&addr, sizeof(addr)));
	SETUP_OK(getsockname(fd, (struct sockaddr *)&addr, &len));
	for (int i = 0; i < SENT; i++)
		REQUIRE_EQ(send_to(&addr, i), SIZE);
	/* When this one is there, those before are there or lost. */
	REQUIRE_EQ(send_to(&last_addr, SENT), SIZE);
	REQUIRE(wait_events(last, POLLIN) & POLLIN, "a datagram to another socket was lost");
	REQUIRE(wait_events(fd, POLLIN) & POLLIN, "all datagrams were lost");
	for (; n < SENT && wait_events_ms(fd, POLLIN, 0); n++) {
		REQUIRE_EQ(recv(fd, got, SIZE, MSG_DONTWAIT), SIZE);
		EXPECT(got[0] > before, "datagram %d came after %d", got[0], before);
		EXPECT(n || got[0] == 0, "the first one kept is %d", got[0]);
		before = got[0];
	}
	EXPECT(n < SENT, "a buffer of %d bytes kept %d datagrams of %d", 2 * ROOM, n, SIZE);
}

PROBE(.promise = "Datagrams that the receive buffer has no room for are dropped, the earlier ones "
		 "kept, and the sender never waits for who does not read",
      .source = "man 7 socket (SO_RCVBUF); man 7 udp; RFC 768",
      .covers = COVERS("sendto", "setsockopt:SO_RCVBUF"),
      .call = {CALL(SYS_sendto), CALL_SETSOCKOPT(SOL_SOCKET, SO_RCVBUF)}, .setup = setup,
      .run = run);
