/* SPDX-License-Identifier: MIT */
#include <fcntl.h>

#include "probe.h"
#include "lib/netpair.h"

static int tcp[2];

static void setup(void)
{
	tcp_pair(tcp);
	interrupt_when_late();
}

static void run(void)
{
	int on = 1;
	char c = 0;

	REQUIRE_OK(ioctl(tcp[0], FIONBIO, &on));
	REQUIRE_EQ(fcntl(tcp[0], F_GETFL) & O_NONBLOCK, O_NONBLOCK);
	EXPECT_ERRNO(read(tcp[0], &c, 1), EAGAIN);
	EXPECT_ERRNO(recv(tcp[0], &c, 1, 0), EAGAIN);
	SETUP_EQ(write(tcp[1], "x", 1), 1);
	EXPECT_EQ(read_full(tcp[0], &c, 1), 1);
	on = 0;
	REQUIRE_OK(ioctl(tcp[0], FIONBIO, &on));
	EXPECT_EQ(fcntl(tcp[0], F_GETFL) & O_NONBLOCK, 0);
}

PROBE(.promise = "FIONBIO makes an accepted connection non-blocking: reading gives EAGAIN; nginx "
		 "sets every "
		 "socket so",
      .source = "man 2 ioctl (FIONBIO); man 7 socket", .covers = COVERS("ioctl:FIONBIO"),
      .call = {CALL_IOCTL(FIONBIO)}, .setup = setup, .run = run);
