/* SPDX-License-Identifier: MIT */
#include <sys/eventfd.h>

#include "probe.h"

static void run(void)
{
	int fd = (int)REQUIRE_OK(eventfd(3, EFD_NONBLOCK | EFD_CLOEXEC));
	uint64_t value = 4;

	EXPECT_EQ(write(fd, &value, sizeof(value)), 8);
	EXPECT_EQ(read(fd, &value, sizeof(value)), 8);
	EXPECT_EQ(value, 7);
	EXPECT_ERRNO(read(fd, &value, sizeof(value)), EAGAIN);
	EXPECT_ERRNO(read(fd, &value, 4), EINVAL);

	value = UINT64_MAX;
	EXPECT_ERRNO(write(fd, &value, sizeof(value)), EINVAL);
	value = UINT64_MAX - 1;
	EXPECT_EQ(write(fd, &value, sizeof(value)), 8);
	value = 1;
	EXPECT_ERRNO(write(fd, &value, sizeof(value)), EAGAIN);

	fd = (int)REQUIRE_OK(eventfd(2, EFD_SEMAPHORE | EFD_NONBLOCK));
	for (int i = 0; i < 2; i++) {
		EXPECT_EQ(read(fd, &value, sizeof(value)), 8);
		EXPECT_EQ(value, 1);
	}
	EXPECT_ERRNO(read(fd, &value, sizeof(value)), EAGAIN);
}

PROBE(.promise = "An eventfd adds what is written, a read takes all of it (or 1 with "
		 "EFD_SEMAPHORE), and a read of 0 or a write past 2^64-2 answers EAGAIN",
      .source = "man 2 eventfd",
      .covers = COVERS("eventfd2", "eventfd2:EFD_NONBLOCK", "eventfd2:EFD_SEMAPHORE",
		       "eventfd2:EFD_CLOEXEC"),
      .call = {CALL(SYS_eventfd2), CALL(SYS_eventfd)}, .run = run);
