/* SPDX-License-Identifier: MIT */
#include <poll.h>

#include "probe.h"
#include "lib/netpair.h"

/* What 16 bits of total length leave beside the headers of IPv4 and UDP. */
enum { LARGEST = 65535 - 20 - 8 };

static unsigned char sent[LARGEST + 1], got[LARGEST + 1];
static int udp[2];

static void setup(void)
{
	pattern_fill(sent, sizeof(sent), 0);
	udp_pair(udp);
	interrupt_when_late();
}

static void run(void)
{
	EXPECT_ERRNO(send(udp[1], sent, LARGEST + 1, 0), EMSGSIZE);
	REQUIRE_EQ(send(udp[1], sent, LARGEST, 0), LARGEST);
	REQUIRE(wait_events(udp[0], POLLIN) & POLLIN, "the datagram did not arrive");
	REQUIRE_EQ(recv(udp[0], got, sizeof(got), MSG_DONTWAIT), LARGEST);
	EXPECT_EQ(pattern_check(got, LARGEST, 0), LARGEST);
}

PROBE(.promise = "A datagram of 65507 bytes arrives whole; a longer one is EMSGSIZE, and nothing "
		 "of it is sent",
      .source = "man 2 send; man 7 udp; RFC 768", .covers = COVERS("sendto:EMSGSIZE"),
      .call = {CALL(SYS_sendto)}, .setup = setup, .run = run);
