/* SPDX-License-Identifier: MIT */
#include <sys/select.h>

#include "probe.h"

static int fds[2];

static void setup(void)
{
	SETUP_OK(pipe(fds));
	interrupt_when_late();
}

/* The C library may keep the time left to itself. */
static long wait_for_input(struct timeval *left)
{
	fd_set in;

	FD_ZERO(&in);
	FD_SET(fds[0], &in);
	return syscall(SYS_select, fds[0] + 1, &in, NULL, NULL, left);
}

static void run(void)
{
	struct timeval left = {.tv_usec = 3000};

	EXPECT_EQ(wait_for_input(&left), 0);
	EXPECT_EQ(left.tv_sec, 0);
	EXPECT_EQ(left.tv_usec, 0);
	SETUP_EQ(write(fds[1], "x", 1), 1);
	left = (struct timeval){.tv_sec = 3600};
	EXPECT_EQ(wait_for_input(&left), 1);
	EXPECT_BETWEEN(left.tv_sec, 1, 3600);
	EXPECT_BETWEEN(left.tv_usec, 0, 999999);
}

PROBE(.promise = "The system call select leaves in its timeout what of it was not slept: 0 when "
		 "it has run out",
      .source = "man 2 select (the timeout)", .covers = COVERS("select"),
      .call = {CALL(SYS_select)}, .setup = setup, .run = run);
