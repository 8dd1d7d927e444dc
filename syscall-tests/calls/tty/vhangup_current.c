/* SPDX-License-Identifier: MIT */
#include "probe.h"
#include "lib/ttypair.h"
#include "lib/user.h"

static struct ttypair tty;

static void setup(void)
{
	ttypair_open(&tty);
	ttypair_control(&tty);
	signal_watch(SIGHUP);
}

static void user(void *arg)
{
	EXPECT_ERRNO(vhangup(), EPERM);
}

static void run(void)
{
	char c;

	as_user(user, NULL);
	REQUIRE_OK(vhangup());
	EXPECT(EVENTUALLY(signal_count(SIGHUP) > 0), "the session leader got no SIGHUP");
	EXPECT_EQ(read(tty.slave, &c, 1), 0);
	EXPECT_ERRNO(write(tty.slave, "x", 1), EIO);
}

PROBE(.promise = "vhangup by root hangs its terminal up, so that who still has it open reads the "
		 "end of file and writes nothing: how login gets a clean terminal",
      .source = "man 2 vhangup; POSIX.1-2017 11.1.10", .covers = COVERS("vhangup"),
      .needs = NEEDS("pty", "root", "cap_sys_tty_config"), .call = {CALL(SYS_vhangup)},
      .setup = setup, .run = run);
