/* SPDX-License-Identifier: MIT */
#include <poll.h>

#include "probe.h"

static int in[2], out[2], closed[2], broken[2];

static void setup(void)
{
	SETUP_OK(pipe(in));
	SETUP_OK(pipe(out));
	SETUP_OK(pipe(closed));
	SETUP_OK(pipe(broken));
	SETUP_EQ(write(in[1], "x", 1), 1);
	SETUP_OK(close(closed[1]));
	SETUP_OK(close(broken[0]));
}

static void run(void)
{
	struct pollfd p[] = {
		{.fd = in[0], .events = POLLIN, .revents = 0x77},
		{.fd = out[0], .events = POLLIN, .revents = 0x77},
		{.fd = out[1], .events = POLLIN | POLLOUT, .revents = 0x77},
		{.fd = closed[0], .events = 0, .revents = 0x77},
		{.fd = broken[1], .events = 0, .revents = 0x77},
		{.fd = -1, .events = POLLIN, .revents = 0x77},
		{.fd = 999, .events = POLLIN, .revents = 0x77},
	};
	uint64_t start;

	REQUIRE_EQ(poll(p, 7, 0), 5);
	EXPECT_EQ(p[0].revents, POLLIN);
	EXPECT_EQ(p[1].revents, 0);
	EXPECT_EQ(p[2].revents, POLLOUT);
	EXPECT_EQ(p[3].revents, POLLHUP);
	EXPECT_EQ(p[4].revents, POLLERR);
	EXPECT_EQ(p[5].revents, 0);
	EXPECT_EQ(p[6].revents, POLLNVAL);
	start = now_us();
	EXPECT_EQ(poll(&p[1], 1, 5), 0);
	EXPECT(now_us() - start >= 5000, "it returned after %u us, 5000 were asked",
	       (unsigned)(now_us() - start));
}

PROBE(.promise = "poll counts the descriptors with events, tells POLLHUP, POLLERR and POLLNVAL "
		 "unasked, "
		 "passes negative ones over, and does not return early",
      .source = "man 2 poll; POSIX.1-2017 poll",
      .covers = COVERS("poll", "poll:POLLHUP", "poll:POLLERR", "poll:POLLNVAL"),
      .call = {CALL(SYS_poll)}, .setup = setup, .run = run);
