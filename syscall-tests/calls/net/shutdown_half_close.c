/* SPDX-License-Identifier: MIT */
#include <poll.h>

#include "probe.h"
#include "lib/netpair.h"

static int tcp[2], fresh;

static void setup(void)
{
	tcp_pair(tcp);
	fresh = (int)SETUP_OK(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
	SETUP_EQ(write(tcp[1], "request", 7), 7);
}

static void run(void)
{
	char buf[16] = "";

	REQUIRE_OK(shutdown(tcp[1], SHUT_WR));
	EXPECT_EQ(read_full(tcp[0], buf, sizeof(buf)), 7);
	REQUIRE(wait_events(tcp[0], POLLIN) & POLLIN, "the end of the stream never came");
	EXPECT_EQ(read(tcp[0], buf, sizeof(buf)), 0);
	EXPECT_ERRNO(send(tcp[1], "x", 1, MSG_NOSIGNAL), EPIPE);
	/* The other direction lives. */
	EXPECT_EQ(write(tcp[0], "answer", 6), 6);
	SETUP_OK(close(tcp[0]));
	EXPECT_EQ(read_full(tcp[1], buf, sizeof(buf)), 6);
	EXPECT_BYTES(buf, "answer", 6);
	EXPECT(read_ended(tcp[1]), "the end of the answer never came");
	EXPECT_ERRNO(shutdown(fresh, SHUT_WR), ENOTCONN);
	EXPECT_ERRNO(shutdown(tcp[1], 77), EINVAL);
}

PROBE(.promise = "shutdown of writing ends one direction: the peer reads all and then 0, and its "
		 "answer "
		 "still arrives",
      .source = "man 2 shutdown; POSIX.1-2017 shutdown", .covers = COVERS("shutdown:SHUT_WR"),
      .call = {CALL(SYS_shutdown)}, .setup = setup, .run = run);
