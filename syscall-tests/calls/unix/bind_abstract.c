/* SPDX-License-Identifier: MIT */
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "probe.h"
#include "lib/unixaddr.h"

static int a, b, c, d;

static int fresh(void)
{
	return (int)SETUP_OK(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

static void setup(void)
{
	a = fresh(), b = fresh(), c = fresh(), d = fresh();
}

static void run(void)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX}, got = {0};
	const struct sockaddr *sa = (struct sockaddr *)&addr;
	socklen_t len, got_len = sizeof(got);

	/* The name begins with a 0 byte, and every byte of it counts. */
	len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1) +
	      (socklen_t)snprintf(addr.sun_path + 1, 64, "probe-%d", (int)getpid());
	REQUIRE_OK(bind(a, sa, len));
	EXPECT_OK(getsockname(a, (struct sockaddr *)&got, &got_len));
	EXPECT_EQ(got_len, len);
	EXPECT_BYTES(&got, &addr, len);
	EXPECT_ERRNO(bind(b, sa, len), EADDRINUSE);
	SETUP_OK(listen(a, 4));
	EXPECT_ERRNO(connect(c, sa, len + 1), ECONNREFUSED);
	EXPECT_ERRNO(connect(c, sa, len - 1), ECONNREFUSED);
	EXPECT_OK(connect(c, sa, len));
	EXPECT_EQ(wait_events(a, POLLIN), POLLIN);
	SETUP_OK(close(a));
	EXPECT_ERRNO(connect(d, sa, len), ECONNREFUSED);
	EXPECT_OK(bind(b, sa, len));
}

PROBE(.promise = "A unix socket may have a name that is no file: other lengths are other names, "
		 "and it is free when the socket is closed",
      .source = "man 7 unix (abstract)", .covers = COVERS("bind:AF_UNIX", "connect:AF_UNIX"),
      .call = {CALL(SYS_bind)}, .setup = setup, .run = run);
