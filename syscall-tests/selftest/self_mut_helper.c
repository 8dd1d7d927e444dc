/* SPDX-License-Identifier: MIT */
#include "probe.h"

static int early[2], late[2];

/* Of the set-up: nobody lies to it. */
static void from_setup(void *arg)
{
	char c = 'x';

	mark_wait(0);
	SETUP_EQ(write(early[1], &c, 1), 1);
}

static void from_run(void *arg)
{
	char c = 'y';

	EXPECT_EQ(write(late[1], &c, 1), 1);
}

static void setup(void)
{
	SETUP_OK(pipe(early));
	SETUP_OK(pipe(late));
	child_start(from_setup, NULL);
}

static void run(void)
{
	char c = 0;

	mark_set(0, 1);
	EXPECT_EQ(read_full(early[0], &c, 1), 1);
	EXPECT_EQ(c, 'x');
	child_end(child_start(from_run, NULL));
	EXPECT_EQ(read_full(late[0], &c, 1), 1);
	EXPECT_EQ(c, 'y');
}

PROBE(.promise = "Helpers that a probe starts are lied to, those of its set-up are not",
      .source = "docs/en/MUTATION.md", .call = {CALL(SYS_write)}, .setup = setup, .run = run);
