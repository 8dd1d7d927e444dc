/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sys/socket.h>

#include "probe.h"

static int sv[2];

static void setup(void)
{
	SETUP_OK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sv));
	signal_watch(SIGIO);
}

static void run(void)
{
	int on = 1;

	REQUIRE_OK(ioctl(sv[0], FIOASYNC, &on));
	EXPECT_EQ(fcntl(sv[0], F_GETFL) & O_ASYNC, O_ASYNC);
	REQUIRE_OK(fcntl(sv[0], F_SETOWN, getpid()));
	EXPECT_EQ(fcntl(sv[0], F_GETOWN), getpid());
	SETUP_EQ(write(sv[1], "x", 1), 1);
	EXPECT(EVENTUALLY(signal_count(SIGIO) > 0), "no SIGIO came for input");
	on = 0;
	REQUIRE_OK(ioctl(sv[0], FIOASYNC, &on));
	EXPECT_EQ(fcntl(sv[0], F_GETFL) & O_ASYNC, 0);
}

PROBE(.promise = "With FIOASYNC a socket signals input by SIGIO to its owner; nginx sets up its "
		 "workers' "
		 "channels so",
      .source = "man 2 fcntl, F_SETOWN; man 7 socket",
      .covers = COVERS("ioctl:FIOASYNC", "fcntl:F_SETOWN"), .call = {CALL_IOCTL(FIOASYNC)},
      .setup = setup, .run = run);
