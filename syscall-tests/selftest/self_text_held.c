/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>

#include "held_text.h"
#include "probe.h"
#include "stain.h"

/* The log's clock may be behind the others: who begins sooner than that is not told from us. */
#define CLOCK_LAG_MS 1500

static void run(void)
{
	char line[200];
	int fd;

	if (!in_a_guest_to_kill())
		probe_skip("writes to the kernel's log, and this is not a guest");
	fd = open(HELD_LOG, O_WRONLY | O_CLOEXEC);
	REQUIRE_OK(fd);
	for (int i = 0; i < HELD_LINES; i++) {
		int n = snprintf(line, sizeof(line), "<7>%s\n", held_text[i]);

		EXPECT_EQ(write(fd, line, (size_t)n), n);
	}
	poll(NULL, 0, CLOCK_LAG_MS);
}

PROBE(.promise = "A crash whose text stays in the kernel's log", .source = "held_text.h",
      .limit_ms = 20000, .run = run);
