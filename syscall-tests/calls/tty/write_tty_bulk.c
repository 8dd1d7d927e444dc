/* SPDX-License-Identifier: MIT */
#include "probe.h"
#include "lib/ttypair.h"

enum { SIZE = 40000 };

static unsigned char out[SIZE], got[SIZE];
static struct ttypair tty;

static void setup(void)
{
	ttypair_open(&tty);
	ttypair_raw(&tty);
	pattern_fill(out, SIZE, 0);
}

static void program(void *arg)
{
	REQUIRE(write_full(tty.slave, out, SIZE) == 0, "writing to the slave: %s",
		errno_name(errno));
}

static void user(void *arg)
{
	REQUIRE(write_full(tty.master, out, SIZE) == 0, "writing to the master: %s",
		errno_name(errno));
}

static void run(void)
{
	pid_t pid = child_start(program, NULL);

	EXPECT_EQ(read_full(tty.master, got, SIZE), SIZE);
	EXPECT_EQ(pattern_check(got, SIZE, 0), SIZE);
	child_end(pid);
	pid = child_start(user, NULL);
	EXPECT_EQ(read_full(tty.slave, got, SIZE), SIZE);
	EXPECT_EQ(pattern_check(got, SIZE, 0), SIZE);
	child_end(pid);
}

PROBE(.promise = "40 kB through a raw terminal arrive unchanged, either way: whoever is full makes "
		 "the writer wait",
      .source = "man 7 pty; man 3 termios, raw mode", .covers = COVERS("write:tty", "write:ptmx"),
      .needs = NEEDS("pty"), .limit_ms = 4000, .call = {CALL(SYS_write)}, .setup = setup,
      .run = run);
