/* SPDX-License-Identifier: MIT */
#include <poll.h>
#include <sys/eventfd.h>

#include "probe.h"

static int fd;

static int state(void)
{
	return wait_events_ms(fd, POLLIN | POLLOUT, 0);
}

static void add(uint64_t value)
{
	SETUP_EQ(write(fd, &value, sizeof(value)), 8);
}

static void run(void)
{
	uint64_t value = 0;

	fd = (int)REQUIRE_OK(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
	EXPECT_EQ(state(), POLLOUT);
	add(1);
	EXPECT_EQ(state(), POLLIN | POLLOUT);
	add(UINT64_MAX - 2);
	EXPECT_EQ(state(), POLLIN);
	SETUP_EQ(read(fd, &value, sizeof(value)), 8);
	EXPECT_EQ(value, UINT64_MAX - 1);
	EXPECT_EQ(state(), POLLOUT);
}

PROBE(.promise = "An eventfd is readable while it is not 0, and writable while 1 can be added",
      .source = "man 2 eventfd", .covers = COVERS("eventfd2", "poll:POLLIN", "poll:POLLOUT"),
      .call = {CALL(SYS_eventfd2), CALL(SYS_eventfd)}, .run = run);
