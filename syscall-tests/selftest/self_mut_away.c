/* SPDX-License-Identifier: MIT */
#include <poll.h>

#include "probe.h"

static int fds[2];

static void setup(void)
{
	SETUP_OK(pipe(fds));
	SETUP_EQ(write(fds[1], "abc", 3), 3);
}

static void run(void)
{
	struct pollfd p = {.fd = fds[0], .events = POLLIN};
	int other[2];
	char c;

	poll(&p, 1, 0);
	EXPECT(read(fds[0], &c, 1) <= 1, "more than was asked for");
	dup(fds[0]);
	if (pipe(other))
		errno = 0;
	close(-1);
}

PROBE(.promise = "A probe that looks away notices no lie", .source = "docs/en/MUTATION.md",
      .call = {CALL(SYS_close)}, .setup = setup, .run = run);
