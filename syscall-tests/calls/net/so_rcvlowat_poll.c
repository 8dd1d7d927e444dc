/* SPDX-License-Identifier: MIT */
#include <poll.h>

#include "probe.h"
#include "lib/netpair.h"

enum { ENOUGH = 6 };

static int tcp[2];

static void setup(void)
{
	tcp_pair(tcp);
}

static void run(void)
{
	int waiting = 0;
	char buf[8] = "";

	EXPECT_EQ(opt_get(tcp[0], SOL_SOCKET, SO_RCVLOWAT), 1);
	REQUIRE_OK(opt_set(tcp[0], SOL_SOCKET, SO_RCVLOWAT, ENOUGH));
	EXPECT_EQ(opt_get(tcp[0], SOL_SOCKET, SO_RCVLOWAT), ENOUGH);
	SETUP_EQ(write(tcp[1], "four", 4), 4);
	SETUP(EVENTUALLY(ioctl(tcp[0], FIONREAD, &waiting) == 0 && waiting == 4),
	      "%d of 4 bytes arrived", waiting);
	EXPECT(wait_events_ms(tcp[0], POLLIN, 0) == 0, "poll calls %d bytes of %d enough", waiting,
	       ENOUGH);
	SETUP_EQ(write(tcp[1], "more", 4), 4);
	REQUIRE(wait_events(tcp[0], POLLIN) & POLLIN, "8 bytes are not enough for poll");
	EXPECT_EQ(recv(tcp[0], buf, sizeof(buf), MSG_DONTWAIT), 8);
	EXPECT_BYTES(buf, "fourmore", 8);
}

PROBE(.promise = "With SO_RCVLOWAT poll says readable when as many bytes have come, not before",
      .source = "man 7 socket (SO_RCVLOWAT)", .covers = COVERS("setsockopt:SO_RCVLOWAT"),
      .call = {CALL_SETSOCKOPT(SOL_SOCKET, SO_RCVLOWAT)}, .setup = setup, .run = run);
