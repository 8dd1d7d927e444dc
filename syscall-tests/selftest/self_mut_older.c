/* SPDX-License-Identifier: MIT */
#include <sys/epoll.h>

#include "probe.h"

static int ep;

static void setup(void)
{
	ep = (int)SETUP_OK(epoll_create1(EPOLL_CLOEXEC));
}

static void run(void)
{
	struct epoll_event ev;

	EXPECT_EQ(epoll_wait(ep, &ev, 1, 0), 0);
}

PROBE(.promise = "Where a call is missing, so is the older one the library knows",
      .source = "docs/en/MUTATION.md", .call = {CALL(SYS_epoll_wait), CALL(SYS_epoll_pwait)},
      .setup = setup, .run = run);
