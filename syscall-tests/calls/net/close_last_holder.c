/* SPDX-License-Identifier: MIT */
#include <poll.h>

#include "probe.h"
#include "lib/netpair.h"

static int tcp[2];

static void setup(void)
{
	tcp_pair(tcp);
}

static void heir(void *arg)
{
	SETUP(mark_wait(0), "the other process did not go on");
	EXPECT_EQ(write(tcp[0], "heir", 4), 4);
}

static void run(void)
{
	char buf[8] = "";
	pid_t pid = child_start(heir, NULL);

	REQUIRE_OK(close(tcp[0]));
	EXPECT_ERRNO(write(tcp[0], "x", 1), EBADF);
	EXPECT_EQ(wait_events_ms(tcp[1], POLLIN | POLLRDHUP, 2), 0);
	mark_set(0, 1);
	/* To the end of file, which comes with the end of the process. */
	EXPECT_EQ(read_full(tcp[1], buf, sizeof(buf)), 4);
	EXPECT_STR(buf, "heir");
	child_end(pid);
	EXPECT(read_ended(tcp[1]), "the connection outlives the last process that had it");
}

PROBE(.promise = "A connection lasts until the last process that holds it has closed it or ended: "
		 "servers fork for each and close theirs",
      .source = "POSIX.1-2017 close; man 2 close; man 2 fork", .covers = COVERS("close", "fork"),
      .call = {CALL(SYS_close)}, .setup = setup, .run = run);
