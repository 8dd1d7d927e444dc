/* SPDX-License-Identifier: MIT */
#include <fcntl.h>

#include "probe.h"
#include "lib/ttypair.h"

static struct ttypair tty;

static void setup(void)
{
	ttypair_open_master(&tty);
}

static void run(void)
{
	REQUIRE_OK(open(tty.name, O_RDWR | O_NOCTTY));
	EXPECT_ERRNO(open("/dev/tty", O_RDWR), ENXIO);
	tty.slave = (int)REQUIRE_OK(open(tty.name, O_RDWR));
	EXPECT_OK(open("/dev/tty", O_RDWR));
	EXPECT_EQ(tcgetsid(tty.slave), getpid());
	EXPECT_EQ(tcgetpgrp(tty.slave), getpgrp());
}

PROBE(.promise = "A session leader without a terminal that opens one has it as its controlling "
		 "terminal, unless it says O_NOCTTY: how init and getty start a shell",
      .source = "man 2 open (O_NOCTTY); man 7 credentials (Sessions)",
      .covers = COVERS("openat:O_NOCTTY", "openat:/dev/tty"), .needs = NEEDS("pty"),
      .call = {CALL(SYS_open), CALL(SYS_openat)}, .setup = setup, .run = run);
