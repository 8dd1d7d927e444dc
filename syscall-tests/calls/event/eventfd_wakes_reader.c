/* SPDX-License-Identifier: MIT */
#include <sys/eventfd.h>

#include "probe.h"

enum { ROUNDS = 3 };

static int fd;

static void reader(void *arg)
{
	uint64_t value;

	interrupt_when_late();
	for (int i = 1; i <= ROUNDS; i++) {
		value = 0;
		mark_set(0, i);
		EXPECT_EQ(read(fd, &value, sizeof(value)), 8);
		EXPECT_EQ(value, 10 + i);
	}
}

static void run(void)
{
	pid_t pid;

	fd = (int)REQUIRE_OK(eventfd(0, EFD_CLOEXEC));
	pid = child_start(reader, NULL);
	for (int i = 1; i <= ROUNDS; i++) {
		uint64_t value = (uint64_t)(10 + i);

		REQUIRE(EVENTUALLY(mark_get(0) == i), "write %d did not wake the reader", i - 1);
		/* It is about to wait. */
		pause_briefly();
		EXPECT_EQ(write(fd, &value, sizeof(value)), 8);
	}
	child_end(pid);
}

PROBE(.promise = "Reading an eventfd of 0 waits for another process to write, and takes what it "
		 "wrote",
      .source = "man 2 eventfd", .covers = COVERS("eventfd2", "read"),
      .call = {CALL(SYS_eventfd2), CALL(SYS_eventfd)}, .run = run);
